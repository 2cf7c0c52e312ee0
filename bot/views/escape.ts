/**
 * Text that people and databases have given is shown, never interpreted. It stands in plain text where it can; in mrkdwn
 * it goes through here, which the tag of `mrkdwn.ts` sees to.
 * @see https://docs.slack.dev/messaging/formatting-message-text/#escaping
 */
import { cut } from './limits.ts'

const directionMarks = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g
/** Of which nothing is seen, so that they would only hide something. Not the joiners of emoji. */
const invisible = /[\u00AD\u180E\u200B\u2060-\u2064\uFEFF\u{E0000}-\u{E0FFF}]/gu
const gaps = /[\p{Cc}\p{Zl}\p{Zp}\s]+/gu
const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u

const isolate = '\u2068'
const endOfIsolate = '\u2069'
/** Has no width and no meaning, but keeps its neighbours from being read together. */
const joiner = '\u2060'

/** Stands for a text of which nothing can be seen. */
const nothing = '—'

/**
 * One line of plain text of at most `max` characters. What turns the direction of the text around it is taken out, and
 * what is written from right to left keeps to itself.
 */
export function tidy(text: string, max: number): string {
  const line = withoutTricks(text).replaceAll(gaps, ' ').trim()
  if (line === '') return nothing
  return rightToLeft.test(line) ? `${isolate}${cut(line, max - 2)}${endOfIsolate}` : cut(line, max)
}

/** Well-formed, and without characters that hide or turn around what is beside them. Lines stay. */
export function withoutTricks(text: string): string {
  return text.toWellFormed().replaceAll(directionMarks, '').replaceAll(invisible, '')
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
/** Slack knows no escape for these: what looks the same and means nothing takes their place. */
const lookalikes: Readonly<Record<string, string>> = { '*': '∗', '~': '∼', '`': 'ˋ' }

/**
 * The colon before :tada:, which would become a picture, also when its last colon is that of the sentence around it. What
 * is copied stays as it is where no emoji has such a name: parts of times, and ports.
 */
const emoji = /:(?!(?:\d{1,2}|(?!1234)\d{4,5})(?::|$))(?=[^\s:]+(?::|$))/g

/** What `text` is between two backticks, where nothing else has a meaning. At most `max` characters. */
export function escapeCode(text: string, max: number): string {
  return withinLength(max, (length) => escapeEntities(tidy(text, length)).replaceAll('`', 'ˋ'))
}

/** What `text` is in mrkdwn, on one line of at most `max` characters. */
export function escapeMrkdwn(text: string, max: number): string {
  return withinLength(max, (length) => escapeLine(tidy(text, length)))
}

/** Escaping makes text longer: then less of it is shown. */
function withinLength(max: number, escape: (length: number) => string): string {
  let length = max
  let escaped = escape(length)
  while (escaped.length > max && length > 1) {
    length = Math.min(length - 1, Math.floor((length * max) / escaped.length))
    escaped = escape(Math.max(length, 1))
  }
  return escaped
}

function escapeEntities(text: string): string {
  return text.replaceAll(/[&<>]/g, (mark) => entities[mark] ?? '')
}

function escapeLine(line: string): string {
  const escaped = escapeEntities(line)
    .replaceAll(/[*~`]/g, (mark) => lookalikes[mark] ?? '')
    // Within a word it means nothing, and names such as order_items should be fit to be copied.
    .replaceAll(/(?<![A-Za-z0-9_])_+|_+(?![A-Za-z0-9_])/g, (run) => 'ˍ'.repeat(run.length))
    .replaceAll(emoji, `:${joiner}`)
  // At the start of a line it would quote.
  return escaped.startsWith('&gt;') ? `${joiner}${escaped}` : escaped
}
