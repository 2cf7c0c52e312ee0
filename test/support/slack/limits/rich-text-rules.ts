import { limits } from './numbers.ts'
import { anything, byType, flag, integer, list, oneOf, type Rule, shape, text } from './rules.ts'

const style = shape({
  optional: { bold: flag, italic: flag, strike: flag, code: flag, underline: flag },
})

function inline(type: string, fields: Readonly<Record<string, Rule>>): Rule {
  return shape({ required: { type: oneOf(type), ...fields }, optional: { style } })
}

const inlineRules: Readonly<Record<string, Rule>> = {
  text: inline('text', { text: text(limits.blocksTogether) }),
  emoji: shape({
    required: { type: oneOf('emoji'), name: text(100) },
    optional: { style, unicode: text(64) },
  }),
  user: inline('user', { user_id: text(64) }),
  usergroup: inline('usergroup', { usergroup_id: text(64) }),
  channel: inline('channel', { channel_id: text(64) }),
  broadcast: inline('broadcast', { range: oneOf('here', 'channel', 'everyone') }),
  link: shape({
    required: { type: oneOf('link'), url: text(limits.url) },
    optional: { text: text(limits.text), style, unsafe: flag },
  }),
  date: shape({
    required: { type: oneOf('date'), timestamp: integer(0, 9_999_999_999), format: text(255) },
    optional: { url: text(limits.url), fallback: text(255), style },
  }),
}

const someInline = list(byType(inlineRules), 1000)
const border = integer(0, 1)
const section = shape({ required: { type: oneOf('rich_text_section'), elements: someInline } })

/** https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */
const richTextElements: Rule = list(
  byType({
    rich_text_section: section,
    rich_text_list: shape({
      required: {
        type: oneOf('rich_text_list'),
        style: oneOf('bullet', 'ordered'),
        elements: list(section, 1000),
      },
      optional: { indent: integer(0, 8), offset: integer(0, 1000), border },
    }),
    rich_text_preformatted: shape({
      required: { type: oneOf('rich_text_preformatted'), elements: someInline },
      optional: { border, language: anything },
    }),
    rich_text_quote: shape({
      required: { type: oneOf('rich_text_quote'), elements: someInline },
      optional: { border },
    }),
  }),
  1000,
)

export const richText: Rule = shape({
  required: { type: oneOf('rich_text'), elements: richTextElements },
  optional: { block_id: text(limits.id) },
})
