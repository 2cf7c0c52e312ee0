import { eq } from 'drizzle-orm'
import {
  describeStart,
  GodwitError,
  resolveStart,
  type ActionRequest,
  type EventPayload,
  type Lease,
  type Problem,
  type Schedule,
  type Status,
} from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import { verifyReports } from '../schema/index.ts'
import { workerActor } from './actor.ts'
import { appendEvent } from './append-event.ts'
import type { MigrationRow } from './migration-rows.ts'
import { hasPersonActed } from './run-retry.ts'
import { readClock, toSchedule } from './schedule-rows.ts'
import { badInput } from './validate.ts'

/**
 * When SCHEDULE is going to start the migration; null for other actions.
 * @throws GodwitError BAD_INPUT
 */
export async function planStart(
  transaction: Database,
  { action, schedule }: ActionRequest,
  { acceptedWarnings }: EventPayload,
): Promise<Schedule | null> {
  if (action !== 'SCHEDULE') return null
  if (schedule === undefined) throw badInput('schedule', 'must say when to start')
  const { whenMissed, ...given } = schedule
  return {
    ...resolveStart(given, await readClock(transaction)),
    whenMissed,
    acceptedWarnings: Array.isArray(acceptedWarnings) ? acceptedWarnings : [],
  }
}

/** A schedule as events and the audit log tell it. */
export function toSchedulePayload({ startAt, timeZone, localTime, resolution, whenMissed }: Schedule) {
  return { startAt: startAt.toISOString(), timeZone, localTime, resolution, whenMissed }
}

/** What the event of a report on a scheduled migration says of its start; nothing for others. */
export function toStartPayload(row: MigrationRow): EventPayload {
  if (row.status !== 'SCHEDULED' || row.startAt === null) return {}
  return { scheduled: true, startAt: row.startAt.toISOString() }
}

/**
 * A worker that verifies for a start reports on the time at which it took it up: not on another, that somebody has
 * set since.
 * @throws GodwitError STALE_VERSION
 */
export async function assertSameStart(transaction: Database, row: MigrationRow): Promise<void> {
  if (row.status !== 'SCHEDULED' || !(await hasPersonActed(transaction, row))) return
  throw new GodwitError(
    'STALE_VERSION',
    `The migration ${row.shortId} was changed while its start was verified.`,
  )
}

/** Tells people of a scheduled start that did not come about; nothing when it did, or when there was none. */
export async function appendStartFailure(
  transaction: Database,
  failed: {
    readonly lease: Lease
    /** As it was before. */
    readonly row: MigrationRow
    readonly status: Status
    readonly problem: Omit<Problem, 'at'> | undefined
  },
): Promise<void> {
  const { lease, row, status, problem } = failed
  const schedule = toSchedule(row)
  if (row.status !== 'SCHEDULED' || status === 'QUEUED' || schedule === null) return
  const failedChecks = problem === undefined ? await readFailedChecks(transaction, row.id) : []
  const why = problem?.message ?? `Verify failed: ${failedChecks.map(({ title }) => title).join('; ')}.`
  await appendEvent(transaction, row.id, {
    actor: workerActor(lease),
    event: {
      type: 'SCHEDULED_START_FAILED',
      message: `The start that was scheduled for ${describeStart(schedule)} failed. ${why}`,
      payload: {
        ...toSchedulePayload(schedule),
        to: status,
        code: problem?.code ?? null,
        failedChecks: failedChecks.map(({ check }) => check),
      },
    },
  })
}

async function readFailedChecks(transaction: Database, migrationId: string) {
  const [report] = await transaction
    .select({ checks: verifyReports.checks })
    .from(verifyReports)
    .where(eq(verifyReports.migrationId, migrationId))
  return report?.checks.filter(({ outcome }) => outcome === 'failed') ?? []
}
