import type { Logger } from 'pino'
import { isGodwitError } from '../errors.ts'
import { isActive, type ActiveStatus } from '../lifecycle/index.ts'
import type { Lease, MigrationRun } from '../ports/index.ts'
import { begin } from './activities/begin.ts'
import { cancel } from './activities/cancel.ts'
import { complete } from './activities/complete.ts'
import { migrate } from './activities/migrate.ts'
import { startAsScheduled } from './activities/start-as-scheduled.ts'
import { verify } from './activities/verify.ts'
import type { RunContext, WorkerOptions, WorkerStores } from './context.ts'
import { recordFailure } from './failure.ts'
import { keepLease } from './lease-keeper.ts'
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
}

/**
 * Works on one migration under one lease: one activity after another, until the status asks for nothing, something
 * fails, the lease is lost or `signal` aborts. Releases the lease.
 */
export async function runOwnedMigration(owned: OwnedMigration, signal: AbortSignal): Promise<void> {
  const { stores, options, lease } = owned
  const log = owned.log.child({ migrationId: lease.migrationId, epoch: String(lease.epoch) })
  const keeper = keepLease(stores.leases, lease, options.leaseTtlMs, log)
  const stop = AbortSignal.any([signal, keeper.signal])
  try {
    while (!stop.aborted) {
      const run = await stores.runs.load(lease)
      if (!isActive(run.migration.status) || !isStartDue(run)) break
      const goOn = await runActivity({ ...owned, log }, run, run.migration.status, stop)
      if (!goOn) break
    }
  } catch (error) {
    if (!stop.aborted && !isGodwitError(error, 'LEASE_LOST')) throw error
  } finally {
    await keeper[Symbol.asyncDispose]()
    if (!keeper.signal.aborted) {
      await stores.leases
        .release(lease)
        .catch((error: unknown) => log.warn({ err: error }, 'cannot release the lease'))
    }
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
  try {
    const [source, target] = await Promise.all([
      stores.endpoints.connection(run.migration.sourceId),
      stores.endpoints.connection(run.migration.targetId),
    ])
    const guard = { migrationId: lease.migrationId, stream: run.stream.name, epoch: lease.epoch }
    log.info({ status }, 'working')
    await activities[status]({ run, lease, guard, source, target, runs: stores.runs, log, options }, signal)
    return true
  } catch (error) {
    if (stop.aborted || isGodwitError(error, 'LEASE_LOST')) return false
    // The watch, or the report itself, has found that somebody changed the migration meanwhile: look again.
    if (watch.signal.aborted || isGodwitError(error, 'STALE_VERSION')) return true
    const steps = () => stores.migrations.steps(run.migration.id)
    await recordFailure({ run, status, lease, runs: stores.runs, steps, options, log }, error)
    return false
  }
}
