import { and, desc, eq, sql } from 'drizzle-orm'
import {
  GodwitError,
  nextStatus,
  type CompletionReport,
  type CutoverPlan,
  type EventPayload,
  type Lease,
  type Migration,
  type MigrationRun,
  type Report,
  type ReportDetails,
  type RunStore,
  type VerifyReport,
} from '../../engine/index.ts'
import type { ControlDatabase, Database } from '../control-database.ts'
import { ringDoorbell } from '../doorbell.ts'
import { cutoverPlans, events, leases, migrations, tableProgress, verifyReports } from '../schema/index.ts'
import { workerActor } from './actor.ts'
import { appendAudit } from './append-audit.ts'
import { appendEvent } from './append-event.ts'
import { asOwner, asOwnerOfLocked, assertHeld } from './as-owner.ts'
import { readSampledLag } from './cutover-store.ts'
import {
  noProblem,
  queuedNow,
  readLag,
  readSteps,
  readStream,
  readTables,
  toMigration,
  toProblemColumns,
  type MigrationRow,
} from './migration-rows.ts'
import { lockQueue } from './queue-turns.ts'
import { readPlan } from './plan-rows.ts'
import { findShuttingOut, recordFence } from './record-fence.ts'
import { addLagSample, clearTables, forgetGivenUp, saveStep, saveStream, saveTables } from './run-progress.ts'
import { clearRetry, hasPersonActed, saveRetry } from './run-retry.ts'
import { readOtherReaders } from './same-source.ts'
import { noSchedule, readClock } from './schedule-rows.ts'
import { appendStartFailure, assertSameStart, toStartPayload } from './scheduled-start.ts'
import { endOpenPlan } from './settle-plans.ts'
import { toStoredReport } from './stored-report.ts'

export function createRunStore(database: ControlDatabase): RunStore {
  return {
    assertOwner: (lease) => asOwner(database, lease, () => Promise.resolve()),
    load: (lease) => asOwnerOfLocked(database, lease, (transaction, row) => load(transaction, lease, row)),
    report: (lease, report, details = {}) =>
      asOwnerOfLocked(database, lease, (transaction, row) =>
        saveReport(transaction, { lease, row, report, details }),
      ),
    saveRetry: (lease, retry) =>
      asOwnerOfLocked(database, lease, (transaction, row) => saveRetry(transaction, { lease, row, retry })),
    clearRetry: (lease) => asOwnerOfLocked(database, lease, clearRetry),
    saveStep: (lease, step) =>
      asOwnerOfLocked(database, lease, async (transaction, row) => {
        if (step.step === 'RELEASE' && step.status === 'RUNNING') assertCompleting(row)
        await saveStep(transaction, lease, step)
      }),
    saveStream: (lease, patch) =>
      asOwner(database, lease, (transaction) => saveStream(transaction, lease.migrationId, patch)),
    recordFence: (lease, fence) =>
      asOwner(database, lease, (transaction) => recordFence(transaction, lease.migrationId, fence)),
    findShuttingOut: (lease) =>
      asOwnerOfLocked(database, lease, (transaction) => findShuttingOut(transaction, lease.migrationId)),
    readOthers: (lease) =>
      asOwnerOfLocked(database, lease, (transaction) => readOtherReaders(transaction, lease.migrationId)),
    saveTables: (lease, tables) =>
      asOwner(database, lease, (transaction) => saveTables(transaction, lease.migrationId, tables)),
    clearTables: (lease) =>
      asOwner(database, lease, (transaction) => clearTables(transaction, lease.migrationId)),
    addLagSample: (lease, sample) =>
      asOwnerOfLocked(database, lease, (transaction, row) => addLagSample(transaction, row, sample)),
    saveVerifyReport: (lease, report) =>
      asOwnerOfLocked(database, lease, async (transaction, row) => {
        await assertUnchanged(transaction, row)
        await saveVerifyReport(transaction, lease, report)
      }),
    saveCompletionReport: (lease, report) =>
      asOwnerOfLocked(database, lease, (transaction, row) =>
        saveCompletionReport(transaction, row.id, report),
      ),
    acceptedWarnings: (lease) =>
      asOwnerOfLocked(database, lease, (transaction) => readAcceptedWarnings(transaction, lease.migrationId)),
    appendEvent: (lease, event) =>
      asOwnerOfLocked(database, lease, (transaction) =>
        appendEvent(transaction, lease.migrationId, { actor: workerActor(lease), event }),
      ),
  }
}

async function load(transaction: Database, lease: Lease, row: MigrationRow): Promise<MigrationRun> {
  const { migrationId } = lease
  await noteSeenVersion(transaction, migrationId, row.version)
  const [lastLag] = await readLag(transaction, migrationId, 1)
  return {
    migration: toMigration(row),
    stream: await readStream(transaction, migrationId),
    steps: await readSteps(transaction, migrationId),
    tables: await readTables(transaction, eq(tableProgress.migrationId, migrationId)),
    lastLag: lastLag ?? null,
    sampledLag: await readSampledLag(transaction, migrationId),
    cutover: await readExecuting(transaction, migrationId),
    attempt: row.attempt,
    firstFailureAt: row.firstFailureAt,
    readAt: await readClock(transaction),
  }
}

async function readExecuting(transaction: Database, migrationId: string): Promise<CutoverPlan | null> {
  const isExecuting = and(eq(cutoverPlans.migrationId, migrationId), eq(cutoverPlans.status, 'EXECUTING'))
  return (await readPlan(transaction, isExecuting))?.plan ?? null
}

interface ReportToSave {
  readonly lease: Lease
  readonly row: MigrationRow
  readonly report: Report
  readonly details: ReportDetails
}

async function saveReport(
  transaction: Database,
  { lease, row, report, details }: ReportToSave,
): Promise<Migration> {
  const status = nextStatus(row.status, report)
  if (report === 'BEGUN') await assertAdmitted(transaction, lease, row)
  await assertSameStart(transaction, row)
  const { problem, note } = details
  const actor = workerActor(lease)
  await endOpenPlan(transaction, row.id, {
    status: report === 'FINISHED' ? 'EXECUTED' : 'VOID',
    reason: problem?.message ?? `${report}: the migration has gone from ${row.status} to ${status}.`,
    actor,
  })
  const version = row.version + 1
  const [moved] = await transaction
    .update(migrations)
    .set({
      ...noProblem,
      ...noSchedule,
      ...(problem && toProblemColumns(problem)),
      ...(status === 'QUEUED' && queuedNow),
      // It would tell of a completion that was none.
      ...(report === 'COMPLETION_REFUSED' && { report: null }),
      ...(report === 'START_DUE' && { startedAt: sql`clock_timestamp()` }),
      ...((status === 'COMPLETED' || status === 'CANCELLED') && { finishedAt: sql`clock_timestamp()` }),
      status,
      version,
    })
    .where(eq(migrations.id, row.id))
    .returning()
  if (moved === undefined) throw new TypeError(`the locked migration ${row.id} is gone`)
  await forgetGivenUp(transaction, row.id)
  await noteSeenVersion(transaction, row.id, version)
  const payload: EventPayload = {
    report,
    from: row.status,
    to: status,
    version,
    ...toStartPayload(row),
    ...(problem && { problemCode: problem.code, problem: problem.message }),
  }
  const said = [`${report}: ${row.status} to ${status}.`, note, problem?.message]
  await appendEvent(transaction, row.id, {
    actor,
    event: {
      type: 'STATUS_CHANGED',
      message: said.filter((sentence) => sentence !== undefined).join(' '),
      payload,
    },
  })
  await appendStartFailure(transaction, { lease, row, status, problem })
  await appendAudit(transaction, {
    actor,
    operation: 'migration.report',
    subjectId: row.id,
    details: payload,
  })
  return toMigration(moved)
}

/**
 * A place is held by the lease that was claimed as its turn. Under the lock of the queue, where a claim by another may
 * just have counted that lease out because its time was up.
 * @throws GodwitError LEASE_LOST
 */
async function assertAdmitted(transaction: Database, lease: Lease, row: MigrationRow): Promise<void> {
  await lockQueue(transaction)
  await assertHeld(transaction, lease, 'no key update')
  if (row.admittedEpoch === lease.epoch) return
  throw new GodwitError(
    'LEASE_LOST',
    `The migration ${row.shortId} is queued again: it has to be claimed anew.`,
  )
}

/**
 * The release is the point of no return: a cancel that came before it wins.
 * @throws GodwitError STALE_VERSION
 */
function assertCompleting({ status, shortId }: MigrationRow): void {
  if (status === 'COMPLETING') return
  throw new GodwitError(
    'STALE_VERSION',
    `The migration ${shortId} is not being completed any more: ${status}.`,
  )
}

async function noteSeenVersion(transaction: Database, migrationId: string, version: number): Promise<void> {
  await transaction.update(leases).set({ seenVersion: version }).where(eq(leases.migrationId, migrationId))
}

/**
 * What was verified must still be what is to be moved; a scheduled migration may be edited while it is verified.
 * @throws GodwitError STALE_VERSION
 */
async function assertUnchanged(transaction: Database, row: MigrationRow): Promise<void> {
  if (!(await hasPersonActed(transaction, row))) return
  throw new GodwitError('STALE_VERSION', `The migration ${row.shortId} was changed while it was verified.`)
}

async function saveVerifyReport(transaction: Database, lease: Lease, report: VerifyReport): Promise<void> {
  const { outcome, checks, startedAt, finishedAt } = report
  const values = { outcome, checks, startedAt, finishedAt }
  await transaction
    .insert(verifyReports)
    .values({ migrationId: lease.migrationId, ...values })
    .onConflictDoUpdate({ target: verifyReports.migrationId, set: values })
  const count = (wanted: VerifyReport['outcome']) => checks.filter((check) => check.outcome === wanted).length
  const [passed, warnings, failed] = [count('passed'), count('warning'), count('failed')]
  await appendEvent(transaction, lease.migrationId, {
    actor: workerActor(lease),
    event: {
      type: 'VERIFY_FINISHED',
      message: `Verify ended: ${passed} passed, ${warnings} with a warning, ${failed} failed.`,
      payload: { outcome, passed, warnings, failed },
    },
  })
}

/** As the person who started the migration has accepted them, by the log. */
async function readAcceptedWarnings(transaction: Database, migrationId: string): Promise<readonly string[]> {
  const accepted = sql<string[]>`${events.payload} -> 'acceptedWarnings'`
  const [last] = await transaction
    .select({ accepted })
    .from(events)
    .where(and(eq(events.migrationId, migrationId), sql`${events.payload} ? 'acceptedWarnings'`))
    .orderBy(desc(events.sequence))
    .limit(1)
  return last?.accepted ?? []
}

async function saveCompletionReport(
  transaction: Database,
  migrationId: string,
  report: CompletionReport,
): Promise<void> {
  await transaction
    .update(migrations)
    .set({ report: toStoredReport(report) })
    .where(eq(migrations.id, migrationId))
  await ringDoorbell(transaction, migrationId)
}
