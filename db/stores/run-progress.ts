import { and, eq, isNotNull, sql, type SQL } from 'drizzle-orm'
import {
  formatLsn,
  longestSampleGapMs,
  type Lease,
  type NewLagSample,
  type RunStore,
  type StepStatus,
  type TableProgress,
} from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import { ringDoorbell } from '../doorbell.ts'
import { lagSamples, migrations, steps, streams, tableProgress } from '../schema/index.ts'
import { workerActor } from './actor.ts'
import { appendEvent } from './append-event.ts'
import type { MigrationRow } from './migration-rows.ts'
import { thinOutLag } from './thin-out-lag.ts'

type StepToSave = Parameters<RunStore['saveStep']>[1]
type StreamPatch = Parameters<RunStore['saveStream']>[1]

/** A new status is an event; a new detail alone is not. */
export async function saveStep(
  transaction: Database,
  lease: Lease,
  { step, status, detail }: StepToSave,
): Promise<void> {
  const { migrationId } = lease
  const isStep = and(eq(steps.migrationId, migrationId), eq(steps.step, step))
  const [former] = await transaction.select({ status: steps.status }).from(steps).where(isStep)
  if (former === undefined) throw new TypeError(`migration ${migrationId} has no step ${step}`)
  const changed = former.status !== status
  if (step === 'COMPARE' && status === 'DONE') await setFindings(transaction, migrationId, { differs: null })
  await transaction
    .update(steps)
    .set({
      status,
      ...(changed && { ...momentsOf[status], detail: null }),
      ...(detail !== undefined && { detail }),
    })
    .where(isStep)
  if (!changed) return await ringDoorbell(transaction, migrationId)
  await appendEvent(transaction, migrationId, {
    actor: workerActor(lease),
    event: {
      type: 'STEP_CHANGED',
      message: `${step}: ${status}${detail === undefined ? '' : ` (${detail})`}.`,
      payload: { step, from: former.status, to: status, detail: detail ?? null },
    },
  })
}

const startedByNow = sql`coalesce(${steps.startedAt}, clock_timestamp())`
const ended = { startedAt: startedByNow, finishedAt: sql`clock_timestamp()` }

/** A step that is taken up again keeps the time of its first start. */
const momentsOf = {
  PENDING: { startedAt: null, finishedAt: null },
  RUNNING: { startedAt: startedByNow, finishedAt: null },
  SKIPPED: { startedAt: null, finishedAt: null },
  DONE: ended,
  FAILED: ended,
} as const satisfies Record<StepStatus, object>

export async function saveStream(
  transaction: Database,
  migrationId: string,
  patch: StreamPatch,
): Promise<void> {
  if (Object.keys(patch).length > 0) {
    const { fence, ...columns } = patch
    const stored = fence == null ? fence : { ...fence, since: fence.since.toISOString() }
    await transaction
      .update(streams)
      .set({ ...columns, ...(stored !== undefined && { fence: stored }) })
      .where(eq(streams.migrationId, migrationId))
  }
  await ringDoorbell(transaction, migrationId)
}

/** With every change of status: what was given up is either said by then, or nobody's any more. */
export async function forgetGivenUp(transaction: Database, migrationId: string): Promise<void> {
  await transaction
    .update(streams)
    .set({ givenUp: null })
    .where(and(eq(streams.migrationId, migrationId), isNotNull(streams.givenUp)))
}

/** Few enough for the 65,535 parameters of a statement. */
const tablesPerStatement = 1000

export async function saveTables(
  transaction: Database,
  migrationId: string,
  tables: readonly TableProgress[],
): Promise<void> {
  for (let start = 0; start < tables.length; start += tablesPerStatement) {
    const part = tables.slice(start, start + tablesPerStatement)
    await transaction
      .insert(tableProgress)
      .values(part.map((table) => ({ migrationId, ...table })))
      .onConflictDoUpdate({
        target: [tableProgress.migrationId, tableProgress.schema, tableProgress.table],
        set: {
          status: sql`excluded.status`,
          estimatedRows: sql`excluded.estimated_rows`,
          sizeBytes: sql`excluded.size_bytes`,
          copiedRows: sql`excluded.copied_rows`,
          copiedBytes: sql`excluded.copied_bytes`,
        },
      })
  }
  await ringDoorbell(transaction, migrationId)
}

export async function clearTables(transaction: Database, migrationId: string): Promise<void> {
  await transaction.delete(tableProgress).where(eq(tableProgress.migrationId, migrationId))
  await ringDoorbell(transaction, migrationId)
}

export async function addLagSample(
  transaction: Database,
  row: MigrationRow,
  sample: NewLagSample,
): Promise<void> {
  const migrationId = row.id
  const { hasMoved = false, ...measured } = sample
  const stalledSeconds = hasMoved ? 0 : stalledSince(migrationId, sample)
  await transaction.insert(lagSamples).values({ migrationId, ...measured, stalledSeconds })
  await settleFindings(transaction, row, sample)
  await thinOutLag(transaction, migrationId)
  await ringDoorbell(transaction, migrationId)
}

type Findings = Partial<Pick<MigrationRow, 'differs' | 'diverged' | 'divergedUpTo' | 'slotLost'>>

async function setFindings(transaction: Database, migrationId: string, findings: Findings): Promise<void> {
  await transaction.update(migrations).set(findings).where(eq(migrations.id, migrationId))
}

/** What was found of the changes is over when they are applied. */
async function settleFindings(transaction: Database, row: MigrationRow, sample: NewLagSample): Promise<void> {
  const findings: Findings = {
    ...(row.diverged !== null && settleDivergence(row, sample)),
    ...(row.slotLost !== null && sample.walStatus !== 'lost' && { slotLost: null }),
  }
  if (Object.keys(findings).length > 0) await setFindings(transaction, row.id, findings)
}

/**
 * The change that did not fit was on the source before it was tried again, so it is behind what the source had
 * written at the first sample since.
 */
function settleDivergence({ divergedUpTo }: MigrationRow, { appliedLsn, sourceLsn }: NewLagSample): Findings {
  const upTo = divergedUpTo ?? sourceLsn
  return appliedLsn >= upTo ? { diverged: null, divergedUpTo: null } : { divergedUpTo: upTo }
}

/** Counts on from the sample before, unless there is a gap to it. */
function stalledSince(migrationId: string, { appliedLsn, bytes }: NewLagSample): SQL<number> | number {
  if (bytes === 0n) return 0
  return sql<number>`coalesce((
    select former.stalled_seconds + extract(epoch from clock_timestamp() - former.at)
      from (
        select * from ${lagSamples} where migration_id = ${migrationId} order by at desc, id desc limit 1
      ) as former
     where former.applied_lsn = ${formatLsn(appliedLsn)}::pg_lsn and former.bytes > 0
       and former.at > clock_timestamp() - ${longestSampleGapMs} * interval '1 millisecond'), 0)`
}
