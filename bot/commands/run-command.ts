import type { CommandHandler, Keeping, Registry } from '../registry.ts'
import type { Turn } from '../turn.ts'
import { parseWords } from './parse.ts'
import { plainMessage } from './text.ts'
import { suggestionFor } from './unknown.ts'
import { isVerb } from './verbs.ts'

interface Understood {
  readonly handler: CommandHandler
  readonly words: readonly string[]
}

/** What was typed behind the slash command, as what is to be done. */
function understand(registry: Registry, text: string): Understood {
  const [first, ...words] = parseWords(text)
  if (first === undefined) return { handler: registry.bare, words }
  const verb = first.toLowerCase()
  if (!isVerb(verb)) return { handler: refuse(first), words }
  return { handler: registry.commands[verb] ?? missing, words }
}

export function keepingOfCommand(registry: Registry, text: string): Keeping {
  return understand(registry, text).handler.keeping ?? 'kept'
}

export async function runCommand(registry: Registry, turn: Turn, text: string): Promise<void> {
  const { handler, words } = understand(registry, text)
  await handler.run(turn, words)
}

function refuse(word: string): CommandHandler {
  return { keeping: 'at once', run: (turn) => turn.tell(suggestionFor(word)) }
}

const missing: CommandHandler = {
  keeping: 'at once',
  run: (turn) => turn.tell(plainMessage('This cannot be done from Slack yet. Godwit’s API can do it.')),
}
