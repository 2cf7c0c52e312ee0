import type { OutgoingMessage } from '../slack/index.ts'
import { escapeFallback, plainSection } from './text.ts'
import { suggestVerb } from './suggest.ts'
import { actionIds, readButtonValue, writeButtonValue } from '../views/index.ts'

const maxShown = 40

/** Says that there is no such verb, with the one that was most likely meant as a button. */
export function suggestionFor(word: string, before?: 'help'): OutgoingMessage {
  const shown = word.length > maxShown ? `${word.slice(0, maxShown)}…` : word
  const verb = suggestVerb(word)
  const problem = `There is no “${shown}”.`
  if (verb === undefined) {
    const text = `${problem} /migrate help lists what there is.`
    return { text: escapeFallback(text), blocks: [plainSection(text)] }
  }
  const meant = before === undefined ? verb : `${before} ${verb}`
  const text = `${problem} Did you mean /migrate ${meant}?`
  return {
    text: escapeFallback(text),
    blocks: [plainSection(text), { type: 'actions', elements: [runButton(meant)] }],
  }
}

function runButton(command: string): object {
  return {
    type: 'button',
    action_id: actionIds.runCommand,
    text: { type: 'plain_text', text: `/migrate ${command}`, emoji: false },
    value: writeButtonValue({ c: command }),
    style: 'primary',
  }
}

/** The command that such a button names; undefined for every other action. */
export function readSuggestedCommand(actionId: string, value: string | undefined): string | undefined {
  return actionId === actionIds.runCommand ? (readButtonValue(value)?.c ?? '') : undefined
}
