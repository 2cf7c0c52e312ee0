import { drawComparison, drawPlan } from '../actions/show.ts'
import { chooseMigration } from '../migrations/index.ts'
import type { CommandHandler } from '../registry.ts'
import { notice } from '../views/index.ts'

/** Shows the plan, with the one button that executes it when it is approved: nobody types a cutover by mistake. */
export const complete: CommandHandler = {
  keeping: 'at once',
  async run(turn, [id]) {
    const migration = await chooseMigration(turn, id)
    const shown = migration && (await drawPlan(turn, migration.shortId))
    if (shown !== null) await turn.tell(shown)
  },
}

/** What the comparison of the cutover has said. */
export const compare: CommandHandler = {
  keeping: 'at once',
  async run(turn, [id]) {
    const migration = await chooseMigration(turn, id, { fromAnywhere: true })
    if (migration === null) return
    const report = migration.status === 'COMPLETED' ? await drawComparison(turn, migration.shortId) : null
    await turn.tell(report ?? notice(migration.problem?.code === 'TARGET_DIFFERS' ? differed : notYet))
  },
}

const notYet =
  'Nothing has been compared yet. The cutover counts the rows of both sides while writers wait; /migrate cutover plans it.'
const differed =
  'The last comparison found that the target differs from the source. The card of the migration says what to do.'
