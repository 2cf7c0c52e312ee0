import type { Logger } from 'pino'
import type { Lease } from '../ports/index.ts'
import type { WorkerOptions, WorkerStores } from './context.ts'
import { readClocks, type Instant } from './lease-keeper.ts'
import { runOwnedMigration } from './owned-migration.ts'
import { WakeUp } from './wake-up.ts'

/**
 * Claims migrations that have something to do and runs them, until `signal` aborts; then hands everything over:
 * each activity stops where it can be resumed, and the leases are released. It takes one at a time, and the more it
 * has the longer it leaves the next to others, so that work spreads.
 *
 * Jobs and doorbells only wake it. The truth is in the rows that it claims, so a lost wake-up costs `pollMs`.
 */
export async function runSupervisor(
  deps: { readonly stores: WorkerStores; readonly options: WorkerOptions; readonly log: Logger },
  signal: AbortSignal,
): Promise<void> {
  const { stores, options, log } = deps
  const owned = new Map<string, Promise<void>>()
  const wakeUp = new WakeUp()
  await using nudges = await stores.dispatcher.work(async () => wakeUp.ring())

  const start = (lease: Lease, askedAt: Instant) => {
    const work = runOwnedMigration({ ...deps, lease, askedAt }, signal)
      .catch((error: unknown) => log.error({ err: error, migrationId: lease.migrationId }, 'a run broke off'))
      .finally(() => {
        owned.delete(lease.migrationId)
        wakeUp.ring()
      })
    owned.set(lease.migrationId, work)
  }

  /** Returns whether there was one to claim. */
  const claimOne = async (): Promise<boolean> => {
    const isFull = owned.size >= options.maxMigrations
    const candidates = await stores.leases.findClaimable(options.maxMigrations, { urgentOnly: isFull })
    for (const id of candidates.filter((candidate) => !owned.has(candidate))) {
      if (signal.aborted) return false
      const askedAt = readClocks()
      const lease = await stores.leases.claim(id, options.owner, options.leaseTtlMs)
      if (lease === null) continue
      start(lease, askedAt)
      return true
    }
    return false
  }

  while (!signal.aborted) {
    const claimed = await claimOne().catch((error: unknown) => {
      log.warn({ err: error }, 'cannot look for work')
      return false
    })
    if (claimed) await standBack(owned.size, options, signal)
    else await wakeUp.wait(options.pollMs, signal)
  }
  await Promise.all(owned.values())
  void nudges
}

/** Long enough for workers that have less to look for work once, when this one has nearly all that it has room for. */
async function standBack(
  owned: number,
  { maxMigrations, pollMs }: WorkerOptions,
  signal: AbortSignal,
): Promise<void> {
  await new WakeUp().wait((pollMs * owned) / maxMigrations, signal)
}
