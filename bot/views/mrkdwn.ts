import { escapeCode, escapeMrkdwn } from './escape.ts'

/**
 * Text in Slack's own markup, in which everything that others have given is escaped. Only the tag `mrkdwn` and the
 * helpers beside it make one, so that nothing gets past the escaping.
 */
export class Mrkdwn {
  readonly source: string

  constructor(source: string) {
    this.source = source
  }
}

/** Of a name or another short text within a sentence. */
const insertedLength = 120

/** mrkdwn`*Target* ${name}`: what is inserted is escaped and cut, unless it is markup already. */
export function mrkdwn(
  strings: TemplateStringsArray,
  ...inserted: readonly (Mrkdwn | string | number)[]
): Mrkdwn {
  const parts = inserted.map((part) => (part instanceof Mrkdwn ? part.source : insertedText(`${part}`)))
  return new Mrkdwn(strings.map((string, index) => string + (parts[index] ?? '')).join(''))
}

/** A part that is left out is empty; a name is not. */
function insertedText(text: string): string {
  return text === '' ? '' : given(text).source
}

/** What others have given, cut to `max` characters before it is escaped. */
export function given(text: string, max: number = insertedLength): Mrkdwn {
  return new Mrkdwn(escapeMrkdwn(text, max))
}

/** Nothing: a part that is left out. */
export const none = new Mrkdwn('')

/** The parts that are there, one after the other. */
export function join(parts: readonly Mrkdwn[], separator: string): Mrkdwn {
  return new Mrkdwn(
    parts
      .map(({ source }) => source)
      .filter((source) => source !== '')
      .join(separator),
  )
}

/** The parts that are there, each a sentence, without what makes letters look otherwise. */
export function sentences(parts: readonly Mrkdwn[]): Mrkdwn {
  const sources = parts.map(({ source }) => source.replaceAll(/\*/g, '').trim())
  return join(
    sources.map((source) => new Mrkdwn(/[^.!?:…]$/.test(source) ? `${source}.` : source)),
    ' ',
  )
}

/** In letters of one width. */
export function code(text: string, max: number = insertedLength): Mrkdwn {
  return new Mrkdwn(`\`${escapeCode(text, max)}\``)
}

/**
 * A moment by the reader’s clock.
 * @see https://docs.slack.dev/messaging/formatting-message-text/#date-formatting
 */
export function when(moment: string | Date, format = '{date_short_pretty} at {time}'): Mrkdwn {
  const date = new Date(moment)
  return new Mrkdwn(`<!date^${Math.floor(date.getTime() / 1000)}^${format}|${inUtc(date)}>`)
}

/** For where nobody’s clock is known: `2026-11-20 16:24 UTC`. */
function inUtc(moment: string | Date): string {
  return `${new Date(moment).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

const slackUser = /^slack:([A-Z0-9]+)\/([UW][A-Z0-9]{2,})$/

/**
 * A person as the API names them: an e-mail, or a member of Slack, whom the reader sees by their name. In what is posted
 * anew Slack tells whomever it names. Readers of `workspaceId` see no names of people of another.
 */
export function person(name: string, workspaceId?: string): Mrkdwn {
  const [, team, id] = slackUser.exec(name) ?? []
  if (id === undefined) return given(name)
  const isElsewhere = workspaceId !== undefined && team !== workspaceId
  return new Mrkdwn(isElsewhere ? 'a member of another workspace' : `<@${id}>`)
}

/** Somebody who is to be told, by the id that Slack has given them. */
export interface Mention {
  readonly kind: 'user' | 'group'
  readonly id: string
}

export function mention({ kind, id }: Mention): Mrkdwn {
  if (!/^[A-Z0-9]+$/.test(id)) return none
  return new Mrkdwn(kind === 'user' ? `<@${id}>` : `<!subteam^${id}>`)
}
