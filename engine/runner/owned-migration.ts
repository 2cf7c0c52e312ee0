import type { Logger } from 'pino'
import { setTimeout as delay } from 'node:timers/promises'
import { isGodwitError } from '../errors.ts'
import { isActive, type ActiveStatus } from '../lifecycle/index.ts'
import type { Lease, MigrationRun, RunStore } from '../ports/index.ts'
import { begin } from './activities/begin.ts'
import { cancel } from './activities/cancel.ts'
import { complete } from './activities/complete.ts'
import { migrate } from './activities/migrate.ts'
import { startAsScheduled } from './activities/start-as-scheduled.ts'
import { verify } from './activities/verify.ts'
import type { RunContext, WorkerOptions, WorkerStores } from './context.ts'
import { endsAfterStop } from './ends-after-stop.ts'
import { recordFailure } from './failure.ts'
import { labelSessions } from './former-sessions.ts'
import { keepLease, type Instant } from './lease-keeper.ts'
import { takeOverSource } from './ownership.ts'
import { tellOfFenceLeft } from './steps/cutover/hand-over-fence.ts'
import { hasBegun } from './steps/state.ts'
import { watchStatus } from './status-watch.ts'

/** What a worker does in each status. An activity ends by reporting, which changes the status. */
type Activity = (context: RunContext, signal: AbortSignal) => Promise<void>

const activities: Record<ActiveStatus, Activity> = {
  VERIFYING: verify,
  SCHEDULED: startAsScheduled,
  QUEUED: begin,
  RUNNING: migrate,
  COMPLETING: complete,
  CANCELLING: cancel,
}

interface OwnedMigration {
  readonly stores: WorkerStores
  readonly options: WorkerOptions
  readonly log: Logger
  readonly lease: Lease
  /** From before the lease was asked for. */
  readonly askedAt: Instant
}

/** An activity ends within moments of being asked to, unless a server does not answer. */
const stopTimeoutMs = 5_000
const tellTimeoutMs = 1_500
const releaseTimeoutMs = 2_000

/**
 * Works on one migration under one lease: one activity after another, until the status asks for nothing, something
 * fails, the lease is lost or `signal` aborts. Then releases the lease, within seconds whatever hangs: an activity that
 * does not stop is, from there on, one of a former owner, which can write nothing.
 */
export async function runOwnedMigration(owned: OwnedMigration, signal: AbortSignal): Promise<void> {
  const { stores, options, lease, askedAt } = owned
  const log = owned.log.child({ migrationId: lease.migrationId, epoch: String(lease.epoch) })
  const keeper = keepLease(stores.leases, { lease, ttlMs: options.leaseTtlMs, askedAt }, log)
  const stop = AbortSignal.any([signal, keeper.signal])
  try {
    const working = runActivities({ ...owned, log }, stop)
    if (!(await endsAfterStop(working, stop, stopTimeoutMs)))
      log.warn('an activity does not stop; left alone')
  } finally {
    if (signal.aborted && !keeper.signal.aborted) await tellOfHandOver(stores.runs, lease, log)
    keeper[Symbol.dispose]()
    const releasing = stores.leases
      .release(lease)
      .catch((error: unknown) => log.warn({ err: error }, 'cannot release the lease'))
    await Promise.race([releasing, delay(releaseTimeoutMs, undefined, { ref: false })])
  }
}

async function tellOfHandOver(runs: RunStore, lease: Lease, log: Logger): Promise<void> {
  const telling = tellOfFenceLeft(runs, lease).catch((error: unknown) =>
    log.warn({ err: error }, 'cannot tell whether the source is left fenced'),
  )
  await Promise.race([telling, delay(tellTimeoutMs, undefined, { ref: false })])
}

async function runActivities(owned: OwnedMigration, stop: AbortSignal): Promise<void> {
  const { stores, lease } = owned
  try {
    while (!stop.aborted) {
      const run = await stores.runs.load(lease)
      if (!isActive(run.migration.status) || !isStartDue(run)) break
      const goOn = await runActivity(owned, run, run.migration.status, stop)
      if (!goOn) break
    }
  } catch (error) {
    if (!stop.aborted && !isGodwitError(error, 'LEASE_LOST')) throw error
  }
}

/** False while a scheduled migration waits for its time, such as after it was scheduled anew. */
function isStartDue({ migration: { schedule }, readAt }: MigrationRun): boolean {
  return schedule === null || schedule.startAt <= readAt
}

/** Runs the activity of a status. False: stop here, the next attempt is made under a new lease. */
async function runActivity(
  owned: OwnedMigration,
  run: MigrationRun,
  status: ActiveStatus,
  stop: AbortSignal,
): Promise<boolean> {
  const { stores, lease, log, options } = owned
  using watch = watchStatus(stores, run.migration, log)
  const signal = AbortSignal.any([stop, watch.signal])
  const openContext = () => readContext(owned, run)
  try {
    const context = await openContext()
    log.info({ status }, 'working')
    // Before PREPARE has begun, nobody can have written there.
    if (hasBegun(run.steps, 'PREPARE')) await takeOverSource(context, signal)
    await activities[status](context, signal)
    return true
  } catch (error) {
    if (stop.aborted || isGodwitError(error, 'LEASE_LOST')) return false
    // The watch, or the report itself, has found that somebody changed the migration meanwhile: look again.
    if (watch.signal.aborted || isGodwitError(error, 'STALE_VERSION')) return true
    const steps = () => stores.migrations.steps(run.migration.id)
    await recordFailure(
      { run, status, lease, runs: stores.runs, steps, openContext, options, log },
      error,
      stop,
    )
    return false
  }
}

/** Sessions on the source may write while it is fenced: what was made there has to be taken away again. */
async function readContext(
  { stores, lease, log, options }: OwnedMigration,
  run: MigrationRun,
): Promise<RunContext> {
  const [source, target] = await Promise.all([
    stores.endpoints.connection(run.migration.sourceId),
    stores.endpoints.connection(run.migration.targetId),
  ])
  const sessionLabel = labelSessions(run.migration, lease)
  return {
    run,
    lease,
    guard: { migrationId: lease.migrationId, stream: run.stream.name, epoch: lease.epoch },
    source: { ...source, sessionLabel, sessionSettings: { default_transaction_read_only: 'off' } },
    target: { ...target, sessionLabel },
    runs: stores.runs,
    log,
    options,
  }
}
