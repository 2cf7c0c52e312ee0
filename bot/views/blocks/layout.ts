import type { ContextBlock, HeaderBlock, RichTextBlock, SectionBlock } from '@slack/types'
import { withoutTricks } from '../escape.ts'
import { cut, limits } from '../limits.ts'
import { join, type Mrkdwn, mrkdwn } from '../mrkdwn.ts'
import { markup, type Plain, plainText } from './text.ts'

/** A line in large letters. */
export function header(text: string): HeaderBlock {
  return { type: 'header', text: plainText(text, limits.header) }
}

export function section(text: Mrkdwn, accessory?: NonNullable<SectionBlock['accessory']>): SectionBlock {
  return { type: 'section', text: markup(text), ...(accessory && { accessory }) }
}

/** Pairs of a label and a value, in two columns. */
export function fields(pairs: readonly (readonly [label: string, value: Mrkdwn])[]): SectionBlock {
  return {
    type: 'section',
    fields: pairs.map(([label, value]) => markup(mrkdwn`*${label}*\n${value}`, limits.sectionField)),
  }
}

/** Lines in small, grey letters. */
export function context(...parts: readonly Mrkdwn[]): ContextBlock {
  return {
    type: 'context',
    elements: parts.slice(0, limits.contextElements).map((part) => markup(part)),
  }
}

/** Names, in small, grey letters. */
export function plainContext(text: Plain): ContextBlock {
  return { type: 'context', elements: [plainText(text)] }
}

/** One line for each. */
export function lines(...parts: readonly Mrkdwn[]): Mrkdwn {
  return join(parts, '\n')
}

/** • one line for each */
export function bullets(items: readonly Mrkdwn[]): Mrkdwn {
  return join(
    items.map((item) => mrkdwn`• ${item}`),
    '\n',
  )
}

/** Lines to copy, exactly as they are; those that do not fit are counted. */
export function snippet(
  statements: readonly string[],
  { maxLength = 600, comment = '--' }: { readonly maxLength?: number; readonly comment?: string } = {},
): RichTextBlock {
  const shown: string[] = []
  let length = 0
  for (const statement of statements.map((each) => withoutTricks(each).trim())) {
    if (shown.length > 0 && length + statement.length > maxLength) break
    shown.push(cut(statement, maxLength))
    length += statement.length + 1
  }
  const missing = statements.length - shown.length
  const text = [...shown, ...(missing > 0 ? [`${comment} and ${missing} more`] : [])].join('\n')
  return {
    type: 'rich_text',
    elements: [
      { type: 'rich_text_preformatted', elements: [{ type: 'text', text: text === '' ? comment : text }] },
    ],
  }
}
