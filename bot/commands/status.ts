import { chooseMigration, isAwayFrom } from '../migrations/index.ts'
import type { CommandHandler } from '../registry.ts'
import { migrationCard } from '../views/index.ts'

/** How a migration is doing, for the eyes of whoever asks. */
export const status: CommandHandler = {
  keeping: 'at once',
  async run(turn, [id]) {
    const migration = await chooseMigration(turn, id, { fromAnywhere: true })
    if (migration === null) return
    await turn.tell(migrationCard(migration, new Date(), { isAway: await isAwayFrom(turn, migration) }))
  },
}
