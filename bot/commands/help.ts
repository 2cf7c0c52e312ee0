import type { CommandHandler } from '../registry.ts'
import { help as helpForAll, helpFor } from '../views/index.ts'
import { suggestionFor } from './unknown.ts'
import { isVerb } from './verbs.ts'

export const help: CommandHandler = {
  async run(turn, [word]) {
    if (word === undefined) return turn.tell(helpForAll())
    const verb = word.toLowerCase()
    await turn.tell(isVerb(verb) ? helpFor(verb) : suggestionFor(word, { before: ['help'] }))
  },
}
