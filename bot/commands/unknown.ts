import { actionIds, readButtonValue, type SlackMessage, unknownVerb } from '../views/index.ts'
import { suggestVerb } from './suggest.ts'

interface Around {
  /** What was understood before the word. */
  readonly before?: readonly string[]
  /** What was said after it. */
  readonly after?: readonly string[]
}

/** Says that there is no such verb, with the one that was most likely meant as a button. */
export function suggestionFor(word: string, { before = [], after = [] }: Around = {}): SlackMessage {
  const verb = suggestVerb(word)
  if (verb === undefined) return unknownVerb(word, undefined)
  return unknownVerb(word, [...before, verb, ...after].map(quoted).join(' '))
}

function quoted(word: string): string {
  return /\s/.test(word) || word === '' ? `"${word}"` : word
}

/** The command that such a button names; undefined for every other action. */
export function readSuggestedCommand(actionId: string, value: string | undefined): string | undefined {
  return actionId === actionIds.runCommand ? (readButtonValue(value)?.c ?? '') : undefined
}
