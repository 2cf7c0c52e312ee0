/** How the page reads the ways in which Slack writes text. */
import { describe, expect, test } from 'vitest'
import { formatDate, fromLocalInput, toLocalInput } from '../../support/slack/page/browser/text/dates.ts'
import type { Inline, Paragraph } from '../../support/slack/page/browser/text/document.ts'
import { parseMarkdown } from '../../support/slack/page/browser/text/markdown.ts'
import { parseMrkdwn } from '../../support/slack/page/browser/text/mrkdwn.ts'
import { parsePlainText } from '../../support/slack/page/browser/text/plain-text.ts'

/** As markup that is easy to read in a test. */
function written(paragraphs: readonly Paragraph[]): string {
  return paragraphs
    .map((paragraph) => {
      if (paragraph.kind === 'rule') return '[rule]'
      if (paragraph.kind === 'list') return paragraph.items.map((item) => `- ${inlines(item)}`).join('\n')
      const text = inlines(paragraph.children)
      return paragraph.kind === 'paragraph' ? text : `[${paragraph.kind} ${text}]`
    })
    .join('\n')
}

function inlines(list: readonly Inline[]): string {
  return list.map((inline) => inlineAsText(inline)).join('')
}

function inlineAsText(inline: Inline): string {
  switch (inline.kind) {
    case 'text':
      return inline.text
    case 'break':
      return '↵'
    case 'emoji':
      return `[emoji ${inline.name}]`
    case 'mention':
      return `[${inline.of} ${inline.id}]`
    case 'broadcast':
      return `[broadcast ${inline.range}]`
    case 'date':
      return `[date ${inline.timestampS} ${inline.format}]`
    case 'link':
      return `[link ${inline.url} ${inlines(inline.children)}]`
    case 'bold':
    case 'italic':
    case 'strike':
    case 'underline':
    case 'code':
      return `[${inline.kind} ${inlines(inline.children)}]`
    default:
      return inline satisfies never
  }
}

describe('mrkdwn', () => {
  test.each([
    ['*bold* _italic_ ~gone~', '[bold bold] [italic italic] [strike gone]'],
    ['*bold and _both_*', '[bold bold and [italic both]]'],
    ['2 * 3 * 4 and a*b*c and snake_case_name', '2 * 3 * 4 and a*b*c and snake_case_name'],
    ['`*code*` and `a &amp; b`', '[code *code*] and [code a & b]'],
    ['*a `b*` c*', '[bold a [code b*] c]'],
    ['&lt;!channel&gt; &amp;amp;', '<!channel> &amp;'],
    ['<!channel> <!here>', '[broadcast channel] [broadcast here]'],
    ['<@U1|ben> <#C1|x> <!subteam^S1|@dbas>', '[user U1] [channel C1] [group S1]'],
    ['<https://x.example/?a=1&amp;b=2|a &lt;b&gt;>', '[link https://x.example/?a=1&b=2 a <b>]'],
    ['<javascript:alert(1)|click>', '<javascript:alert(1)|click>'],
    ['see https://x.example/a.', 'see [link https://x.example/a. https://x.example/a.]'],
    ['<!date^1900000000^{date} at {time}|then>', '[date 1900000000 {date} at {time}]'],
    ['one\ntwo', 'one↵two'],
    ['before\n> quoted\n&gt; too\nafter', 'before\n[quote quoted↵too]\nafter'],
    ['a\n```x  *y*\nz```\nb', 'a\n[preformatted x  *y*↵z]\nb'],
    [':tada: at 10:30:00', '[emoji tada] at 10[emoji 30]00'],
    ['*not closed', '*not closed'],
    ['**', '**'],
  ])('%s', (text, expected) => {
    expect(written(parseMrkdwn(text))).toBe(expected)
  })

  test('verbatim text has no links of its own', () => {
    expect(written(parseMrkdwn('https://x.example', { verbatim: true }))).toBe('https://x.example')
  })
})

test('plain text has emoji and nothing else', () => {
  expect(inlines(parsePlainText('*x* <!channel> <@U1> &lt; :tada:'))).toBe(
    '*x* <!channel> <@U1> &lt; [emoji tada]',
  )
})

describe('Markdown', () => {
  test.each([
    ['# Title\ntext', '[heading Title]\ntext'],
    ['**b** *i* _i_ ~~s~~ `c`', '[bold b] [italic i] [italic i] [strike s] [code c]'],
    ['[a](https://x.example) [b](javascript:x)', '[link https://x.example a] [b](javascript:x)'],
    ['- one\n- two\n\n1. three', '- one\n- two\n- three'],
    ['> quoted', '[quote quoted]'],
    ['```sql\nselect *\n```\nafter', '[preformatted select *]\nafter'],
    ['\\*not\\* snake_case_name', '*not* snake_case_name'],
    ['a\n\n---\n\nb', 'a\n[rule]\nb'],
  ])('%s', (text, expected) => {
    expect(written(parseMarkdown(text))).toBe(expected)
  })
})

describe('dates', () => {
  test('are written in the time zone of the reader', () => {
    expect(formatDate(1_900_000_000, '{date_num} {time_secs} {unknown}', 'Europe/Paris')).toBe(
      '03/17/2030 6:46:40 PM {unknown}',
    )
  })

  test.each(['Etc/UTC', 'Europe/Paris', 'America/St_Johns', 'Pacific/Chatham'])(
    'of an input come back as they went in: %s',
    (timeZone) => {
      // All hours of the day, all through the year, so also both sides of a change of clocks.
      for (let hour = 0; hour < 24 * 366; hour += 73) {
        const atS = Date.UTC(2030, 0, 1, hour) / 1000
        const local = toLocalInput(atS, timeZone)
        expect(toLocalInput(fromLocalInput(local, timeZone) ?? 0, timeZone)).toBe(local)
      }
    },
  )

  test('that are not filled in are nothing', () => {
    expect(fromLocalInput('', 'Etc/UTC')).toBeUndefined()
  })
})
