import type { CommandHandler, Keeping, Registry } from '../registry.ts'
import type { Turn } from '../turn.ts'
import { parseWords } from './parse.ts'
import { plainMessage } from './text.ts'
import { suggestionFor } from './unknown.ts'
import { holdsRole } from '../people/index.ts'
import { entryOf, isVerb, type Verb } from './verbs.ts'

interface Understood {
  readonly handler: CommandHandler
  readonly words: readonly string[]
  /** Undefined when nothing is to be done that needs a role. */
  readonly verb?: Verb
}

/** What was typed behind the slash command, as what is to be done. */
function understand(registry: Registry, text: string): Understood {
  const [first, ...words] = parseWords(text)
  if (first === undefined) return { handler: registry.bare, words }
  const verb = first.toLowerCase()
  if (!isVerb(verb)) return { handler: refuse(first), words }
  return { handler: registry.commands[verb] ?? missing, words, verb }
}

export function keepingOfCommand(registry: Registry, text: string): Keeping {
  return understand(registry, text).handler.keeping ?? 'kept'
}

/** The API decides what the person may do; what it would refuse anyway is said here, before anything is asked. */
export async function runCommand(registry: Registry, turn: Turn, text: string): Promise<void> {
  const { handler, words, verb } = understand(registry, text)
  const needed = verb === undefined ? 'read' : entryOf(verb).needs
  if (holdsRole(turn.person.role, needed)) return handler.run(turn, words)
  const { role } = turn.person
  await turn.tell(
    plainMessage(
      `/migrate ${verb} needs the role ${needed}, and yours is ${role}. ` +
        'Ask somebody who has it; whoever runs Godwit gives roles with the setting GODWIT_SLACK_ROLES.',
    ),
  )
}

function refuse(word: string): CommandHandler {
  return { keeping: 'at once', run: (turn) => turn.tell(suggestionFor(word)) }
}

const missing: CommandHandler = {
  keeping: 'at once',
  run: (turn) => turn.tell(plainMessage('This cannot be done from Slack yet. Godwit’s API can do it.')),
}
