import type { MrkdwnElement, PlainTextElement } from '@slack/types'
import { tidy } from '../escape.ts'
import { cut, limits } from '../limits.ts'
import type { Mrkdwn } from '../mrkdwn.ts'

/** Plain text of ours in which names are that each keep to themselves. */
export class Plain {
  readonly source: string

  constructor(source: string) {
    this.source = source
  }
}

/** plain`${source} → ${target}`: what is inserted is made harmless and cut, each by itself. */
export function plain(
  strings: TemplateStringsArray,
  ...inserted: readonly (Plain | string | number)[]
): Plain {
  const parts = inserted.map((part) =>
    part instanceof Plain ? part.source : tidy(`${part}`, insertedLength),
  )
  return new Plain(strings.map((string, index) => string + (parts[index] ?? '')).join(''))
}

const insertedLength = 100

/** Shown as it is: no markup, no emoji codes. */
export function plainText(text: string | Plain, max: number = limits.text): PlainTextElement {
  const shown = text instanceof Plain ? cut(text.source, max) : tidy(text, max)
  return { type: 'plain_text', text: shown, emoji: false }
}

/** Nothing in it becomes a link by itself. */
export function markup({ source }: Mrkdwn, max: number = limits.text): MrkdwnElement {
  return { type: 'mrkdwn', text: cutMarkup(source, max), verbatim: true }
}

/** A last resort: what is inserted is cut before. Never leaves half of an entity or of `<…>`. */
function cutMarkup(source: string, max: number): string {
  return source.length <= max ? source : cut(source, max).replace(/(?:<[^>]*|&[a-z]*)…$/, '…')
}
