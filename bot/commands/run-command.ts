import { holdsRole, type Role } from '../people/index.ts'
import type { CommandHandler, Keeping, Registry } from '../registry.ts'
import type { Turn } from '../turn.ts'
import { refusal } from '../views/index.ts'
import { parseWords } from './parse.ts'
import { suggestionFor } from './unknown.ts'
import { entryOf, isVerb, usageOf, type Verb, type VerbEntry } from './verbs.ts'

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
  if (!isVerb(verb)) return { handler: refuse(first, words), words }
  const most = mostWords[entryOf(verb).takes]
  if (words.length > most) return { handler: tooMuch(verb, words.slice(most)), words }
  return { handler: registry.commands[verb], words, verb }
}

export function keepingOfCommand(registry: Registry, text: string): Keeping {
  return understand(registry, text).handler.keeping ?? 'kept'
}

/** The API decides what the person may do; what it would refuse anyway is said here, before anything is asked. */
export async function runCommand(registry: Registry, turn: Turn, text: string): Promise<void> {
  const { handler, words, verb } = understand(registry, text)
  const needed = verb === undefined ? 'read' : entryOf(verb).needs
  if (verb === undefined || holdsRole(turn.person.role, needed)) return handler.run(turn, words)
  await turn.tell(refusal(lacksRole(verb, needed, turn.person.role)))
}

function lacksRole(verb: Verb, needed: Role, role: Role) {
  return {
    message: `/migrate ${verb} needs the role ${needed}, and yours is ${role}.`,
    remedy:
      'Ask somebody who has it; whoever runs Godwit gives roles with the setting GODWIT_SLACK_ROLES. /migrate whoami says why yours is so.',
  }
}

function refuse(word: string, after: readonly string[]): CommandHandler {
  return { keeping: 'at once', run: (turn) => turn.tell(suggestionFor(word, { after })) }
}

/** How many words are read after a verb, by what it takes. */
const mostWords: Readonly<Record<VerbEntry['takes'], number>> = {
  '': 0,
  '[all]': 1,
  '<id>': 1,
  '[id]': 1,
  '[command]': 1,
  '[from] [to]': 2,
  '[id] [when]': Infinity,
  '[id] [how long]': Infinity,
}

/** Nobody types more than is read without meaning something by it. */
function tooMuch(verb: Verb, notRead: readonly string[]): CommandHandler {
  const { takes } = entryOf(verb)
  const isAboutOne = takes === '[id]' || takes === '<id>'
  const reads = isAboutOne ? 'is about one migration' : 'is all of this command'
  const hint = isAboutOne
    ? `Say one id, such as /migrate ${verb} m-7f3k${takes === '[id]' ? ', or none' : ''}. `
    : ''
  const told = refusal({
    message: `${usageOf(verb)} ${reads}; “${notRead.join(' ').slice(0, 100)}” was not understood, so nothing was done.`,
    remedy: `${hint}/migrate help ${verb} says more.`,
  })
  return { keeping: 'at once', run: (turn) => turn.tell(told) }
}
