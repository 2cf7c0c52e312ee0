import { type Act, actWords, called, chooseMigration, done, perform } from '../migrations/index.ts'
import type { CommandHandler } from '../registry.ts'

/** A verb that changes a migration at once: `pause [id]`. */
export function actCommand(act: Act): CommandHandler {
  return {
    async run(turn, [id]) {
      const migration = await chooseMigration(turn, id)
      if (migration === null) return
      const changed = await perform(turn, act, migration)
      if (changed !== null) await turn.say(done(turn.person.name, actWords[act](called(changed))))
    },
  }
}
