import type { JsonObject } from '../json.ts'
import { plainText, textObject } from './composition-rules.ts'
import { elementRules } from './element-rules.ts'
import { limits } from './numbers.ts'
import { richText } from './rich-text-rules.ts'
import {
  anything,
  byType,
  exactlyOne,
  flag,
  list,
  oneOf,
  only,
  type Place,
  report,
  type Rule,
  shape,
  text,
} from './rules.ts'

const block = { block_id: text(limits.id) }

const menus = [
  'static_select',
  'external_select',
  'users_select',
  'conversations_select',
  'channels_select',
  'radio_buttons',
  'checkboxes',
  'datepicker',
  'timepicker',
] as const
const multiMenus = ['multi_static_select', 'multi_external_select', 'multi_users_select'] as const
const textInputs = ['plain_text_input', 'number_input', 'email_text_input', 'url_text_input'] as const

function textOrFields(section: JsonObject, place: Place): void {
  if (section.text === undefined && section.fields === undefined)
    report(place, 'must define either `fields` or `text`')
}

/** The blocks that every surface has. */
export const blockRules: Readonly<Record<string, Rule>> = {
  section: shape({
    required: { type: oneOf('section') },
    optional: {
      ...block,
      text: textObject(limits.text),
      fields: list(textObject(limits.sectionField), limits.sectionFields),
      accessory: byType(only(elementRules, 'button', 'overflow', 'image', ...menus, ...multiMenus)),
      expand: flag,
    },
    also: textOrFields,
  }),
  header: shape({
    required: { type: oneOf('header'), text: plainText(limits.header) },
    optional: block,
  }),
  divider: shape({ required: { type: oneOf('divider') }, optional: block }),
  context: shape({
    required: {
      type: oneOf('context'),
      elements: list(
        byType({
          ...only(elementRules, 'image'),
          plain_text: textObject(limits.text),
          mrkdwn: textObject(limits.text),
        }),
        limits.context,
      ),
    },
    optional: block,
  }),
  actions: shape({
    required: {
      type: oneOf('actions'),
      elements: list(
        byType(only(elementRules, 'button', 'overflow', 'datetimepicker', ...menus, ...multiMenus)),
        limits.actions,
      ),
    },
    optional: block,
  }),
  image: shape({
    required: { type: oneOf('image'), alt_text: text(limits.altText) },
    optional: {
      ...block,
      image_url: text(limits.imageUrl),
      slack_file: anything,
      title: plainText(limits.imageTitle),
    },
    also: exactlyOne('image_url', 'slack_file'),
  }),
  input: shape({
    required: {
      type: oneOf('input'),
      label: plainText(limits.inputLabel),
      element: byType(only(elementRules, 'datetimepicker', ...menus, ...multiMenus, ...textInputs)),
    },
    optional: {
      ...block,
      hint: plainText(limits.inputHint),
      optional: flag,
      dispatch_action: flag,
    },
  }),
  rich_text: richText,
}
