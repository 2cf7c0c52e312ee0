import { called, change, changes, done, findMigration, perform } from '../migrations/index.ts'
import type { Turn } from '../turn.ts'
import { type MigrationCard, notice } from '../views/index.ts'
import { mrkdwn, when } from '../views/mrkdwn.ts'

/** `not yet`: verify has not said anything. */
type Fulfilled = 'over' | 'not yet'

/**
 * Starts or schedules the migration if verify has passed. When that is refused, such as for a warning, or verify has
 * found something, the person is told.
 * @throws ApiError, ApiUnreachableError, SlackCallError
 */
export async function fulfil(turn: Turn, shortId: string, startAt: string | null): Promise<Fulfilled> {
  const migration = await findMigration(turn, shortId)
  if (migration === null) {
    await turn.tell(notice(`${shortId} does not start by itself: it is not there any more.`))
    return 'over'
  }
  const { status, name } = migration
  if (status === 'DRAFT' || status === 'VERIFYING') return 'not yet'
  if (status === 'READY') await begin(turn, migration, startAt)
  else if (status === 'VERIFY_FAILED')
    await turn.tell(
      notice(`${name} does not start: verify found what stands in the way. Its card says what to do.`),
    )
  // Else somebody has done something else with it.
  return 'over'
}

async function begin(turn: Turn, migration: MigrationCard, startAt: string | null): Promise<void> {
  const { shortId, version } = migration
  if (startAt === null) {
    const started = await perform(turn, 'start', { shortId, version })
    if (started !== null)
      await turn.say(done(turn.person.name, mrkdwn`has started ${called(started)}, for verify has passed`))
    return
  }
  const input = { id: shortId, idempotencyKey: turn.deliveryKey, startAt, acceptWarnings: false }
  const scheduled = await change(turn, shortId, () =>
    changes.schedule(turn.api, { ...input, whenMissed: 'REPORT' }),
  )
  if (scheduled !== null)
    await turn.say(
      done(turn.person.name, mrkdwn`has scheduled ${called(scheduled)} to start ${when(startAt)}`),
    )
}
