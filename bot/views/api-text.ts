/**
 * Texts of the API are for programs and people of every place: moments are in UTC, people of Slack have the ids by which
 * the API knows them, and inputs have the names of the schema. Here they get the form that people in Slack know.
 */
import { escapeMrkdwn } from './escape.ts'
import { Mrkdwn, person, when } from './mrkdwn.ts'

/** Who may be named in a text. Without one, nobody is. */
export interface Naming {
  /** Whose people are named so that Slack shows who they are; it tells them, unless the message is an edit or for one only. */
  readonly workspaceId: string
  /** Only this person, as the API knows them; absent: everybody of the workspace. */
  readonly only?: string | null
}

/** What names of the schema are called in Slack. Longer ones first, where one begins like another. */
const phrases: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/^[A-Z_]+ is not possible(?: now| in status [A-Z_]+): /, 'This is not possible now: '],
  [/^(?:duration|maxPause|expiresIn) (?=is |must )/, 'The time '],
  [/^(?:breakGlass\.)?reason (?=is |must )/, 'The reason '],
  [/^name (?=is |must )/, 'The name '],
  [/^connection\.(\w+) (?=is |must )/, 'The $1 '],
  [/\bCorrect the named field and try again\b/, 'Correct it, and try again'],
  [/: writesStopped must be true\b/, ''],
  [/\bstart or schedule with acceptWarnings: true\b/, 'accept them when you start or schedule it'],
  [/\bstart with acceptWarnings: true\b/, 'accept them when you start it'],
  [/\bPlan again with a longer expiresIn\b/, 'Plan it again, so that it holds for longer'],
  [/\ba longer maxPause\b/, 'a longer pause'],
  [/\bis EXECUTING already\b/, 'is being carried out already'],
  [/\bis EXECUTED already\b/, 'has been carried out already'],
  [/\bthe step INCREMENTAL is not running\b/, 'it does not follow the source yet'],
]

/** In words that people in Slack know. */
function inSlackWords(text: string): string {
  return phrases.reduce((said, [pattern, words]) => said.replace(pattern, words), text)
}

/** As the API writes them; a colon may have been kept from making a picture of what is beside it. */
const colon = ':\u2060?'
const moment = new RegExp(
  `(?<![\\w.+-])(\\d{4}-\\d{2}-\\d{2}T\\d{2}${colon}\\d{2}${colon}\\d{2}(?:\\.\\d{1,6})?Z)(?![\\w-])`,
  'g',
)
const slackPerson = new RegExp(
  `(?<![\\w:/.@-])slack${colon}([TE][A-Z0-9]{2,})/([UW][A-Z0-9]{2,})(?![\\w/@-])`,
  'g',
)

/** Markup is longer than what it stands for: more of it in one text could be too long for Slack. */
const mostReplaced = 10

/** A text of the API of at most `max` characters of mrkdwn, apart from the markup of moments and people. */
export function apiText(text: string, max: number, naming?: Naming): Mrkdwn {
  let replaced = 0
  const once = (whole: string, words: () => string | null): string => {
    if (replaced === mostReplaced) return whole
    const found = words()
    if (found === null) return whole
    replaced += 1
    return found
  }
  const source = escapeMrkdwn(inSlackWords(text), max)
    .replaceAll(moment, (whole, written: string) => once(whole, () => dateOf(written)?.source ?? null))
    .replaceAll(slackPerson, (whole, team: string, user: string) =>
      once(whole, () => named(team, user, naming)),
    )
  return new Mrkdwn(source)
}

function dateOf(written: string): Mrkdwn | null {
  const date = new Date(written.replaceAll('\u2060', ''))
  return Number.isNaN(date.getTime()) ? null : when(date)
}

function named(team: string, user: string, naming: Naming | undefined): string {
  const name = `slack:${team}/${user}`
  if (naming === undefined) return 'a member of Slack'
  const { workspaceId, only } = naming
  if (team === workspaceId && only !== undefined && only !== name) return 'a member of this workspace'
  return person(name, workspaceId).source
}

/** The same where Slack has no markup, as beside the inputs of a modal: moments are by the clocks of `timeZone`. */
export function plainApiText(text: string, { workspaceId, timeZone }: PlainNaming): string {
  return inSlackWords(text)
    .replaceAll(moment, (whole) => clockTime(whole, timeZone))
    .replaceAll(
      slackPerson,
      (_whole, team: string) => `a member of ${team === workspaceId ? 'this' : 'another'} workspace`,
    )
}

export interface PlainNaming {
  readonly workspaceId: string
  readonly timeZone: string
}

/** Such as `2026-11-22 03:25 (Europe/Berlin)`; left as it is where Slack names a zone that is not known here. */
function clockTime(written: string, timeZone: string): string {
  try {
    const shown = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
    return `${shown.format(new Date(written))} (${timeZone})`
  } catch (error) {
    if (error instanceof RangeError) return written
    throw error
  }
}
