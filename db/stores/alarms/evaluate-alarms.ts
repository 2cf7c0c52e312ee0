import { eq, sql } from 'drizzle-orm'
import { v7 } from 'uuid'
import { alarmEvent, isQuiet, settleAlarms, type Alarm, type EpisodeChange } from '../../../engine/index.ts'
import type { ControlDatabase, Database } from '../../control-database.ts'
import { alarms } from '../../schema/index.ts'
import { systemActor } from '../actor.ts'
import { appendEvent } from '../append-event.ts'
import { lockEvenDeleted } from '../migration-rows.ts'
import { readAlarmSituations } from './read-situations.ts'
import { toAlarmColumns } from './rows.ts'

/** The key of the advisory lock: the ASCII of "gwalarm". */
const turnSql = sql`select pg_try_advisory_xact_lock(29123182915056237) as taken`

/**
 * Looks at all migrations with a few statements, and then again, each under its lock, at those of which something is
 * to be told. So the lock of the turn only saves work: two who evaluate at once would not raise an alarm twice.
 */
export async function evaluateAlarms(database: ControlDatabase, signal: AbortSignal): Promise<void> {
  await database.transaction(async (turn) => {
    const { rows } = await turn.execute<{ taken: boolean }>(turnSql)
    if (rows[0]?.taken !== true) return
    const situations = [...(await readAlarmSituations(turn, null))]
    const changes = situations.map(([id, situation]) => ({ id, changes: settleAlarms(situation) }))
    await saveQuietly(
      database,
      changes.flatMap((each) => each.changes.filter(isQuiet)),
    )
    const loud = changes.filter((each) => !each.changes.every(isQuiet))
    await settleEach(
      database,
      loud.map(({ id }) => id),
      signal,
    )
  })
}

/** One that fails does not keep the others from being looked at. */
async function settleEach(
  database: ControlDatabase,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const errors: unknown[] = []
  for (const id of ids) {
    if (signal.aborted) return
    try {
      await database.transaction((transaction) => settleMigration(transaction, id))
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0)
    throw new AggregateError(errors, 'the alarms of some migrations could not be settled')
}

/** Decides and writes, under the lock of the migration, what is true of its alarms now. */
async function settleMigration(transaction: Database, migrationId: string): Promise<void> {
  await lockEvenDeleted(transaction, migrationId)
  const situation = (await readAlarmSituations(transaction, migrationId)).get(migrationId)
  if (situation === undefined) return
  for (const change of settleAlarms(situation)) await saveChange(transaction, migrationId, change)
}

async function saveChange(
  transaction: Database,
  migrationId: string,
  { before, after, announcement }: EpisodeChange<Alarm>,
): Promise<void> {
  const id = before?.id ?? v7()
  const columns = toAlarmColumns(after)
  if (before === null) await transaction.insert(alarms).values({ id, migrationId, ...columns })
  else await transaction.update(alarms).set(columns).where(eq(alarms.id, id))
  if (announcement === null) return
  await appendEvent(transaction, migrationId, {
    actor: systemActor,
    event: alarmEvent(announcement, { ...after, id }),
  })
}

/** In one statement, and only while nobody else has changed what they are based on. */
async function saveQuietly(
  database: ControlDatabase,
  changes: readonly EpisodeChange<Alarm>[],
): Promise<void> {
  const rows = changes.flatMap(({ before, after }) =>
    before === null
      ? []
      : [
          {
            id: before.id,
            state: after.state,
            value: after.value,
            peak: after.peak,
            message: after.message,
            clear_since: after.clearSince,
          },
        ],
  )
  if (rows.length === 0) return
  await database.run((session) =>
    session.execute(sql`
      update ${alarms} as a
         set value = n.value, peak = n.peak, message = n.message, clear_since = n.clear_since
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
          as n (id uuid, state text, value float8, peak float8, message text, clear_since timestamptz)
       where a.id = n.id and a.state = n.state`),
  )
}
