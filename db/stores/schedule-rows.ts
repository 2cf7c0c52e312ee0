import { sql } from 'drizzle-orm'
import type { CutoverWindowSetting, Schedule } from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import type { migrations, StoredCutoverWindow } from '../schema/index.ts'

type MigrationRow = typeof migrations.$inferSelect

/** What every change of status leaves of a schedule, but the one that makes it. */
export const noSchedule = { startAt: null, schedule: null } as const satisfies Partial<MigrationRow>

export function toScheduleColumns({ startAt, ...schedule }: Schedule) {
  return { startAt, schedule }
}

export function toSchedule({ startAt, schedule }: MigrationRow): Schedule | null {
  return startAt === null || schedule === null ? null : { startAt, ...schedule }
}

export function toStoredCutoverWindow({ automatic, window }: CutoverWindowSetting): StoredCutoverWindow {
  if ('weekly' in window) return { automatic, window }
  const { opensAt, closesAt } = window.once
  const once = { opensAt: opensAt.toISOString(), closesAt: closesAt.toISOString() }
  return { automatic, window: { once } }
}

export function toCutoverWindow({ cutoverWindow: stored }: MigrationRow): CutoverWindowSetting | null {
  if (stored === null) return null
  const { automatic, window } = stored
  if ('weekly' in window) return { automatic, window }
  const { opensAt, closesAt } = window.once
  return { automatic, window: { once: { opensAt: new Date(opensAt), closesAt: new Date(closesAt) } } }
}

/** The clock of the control database. */
export async function readClock(database: Database): Promise<Date> {
  const { rows } = await database.execute<{ now: string }>(
    sql`select (extract(epoch from clock_timestamp()) * 1000)::float8::text as now`,
  )
  const [row] = rows
  if (row === undefined) throw new TypeError('the control database does not tell the time')
  return new Date(Number(row.now))
}
