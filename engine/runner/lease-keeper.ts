import type { Logger } from 'pino'
import { setTimeout as sleep } from 'node:timers/promises'
import { GodwitError } from '../errors.ts'
import type { Lease, LeaseStore } from '../ports/index.ts'

/** When to renew a lease, and when to stop working because it might run out. Pure; counted from the last renewal. */
export function computeLeaseTimings(ttlMs: number): {
  readonly renewAfterMs: number
  readonly stopAfterMs: number
} {
  return { renewAfterMs: ttlMs / 4, stopAfterMs: ttlMs * 0.8 }
}

/** Keeps a lease, and aborts `signal` as soon as the work under it must stop. */
export interface LeaseKeeper extends AsyncDisposable {
  readonly signal: AbortSignal
}

/**
 * Renews `lease` until disposed. When the control database says that it is lost, or does not answer until shortly
 * before the lease runs out, `signal` aborts with LEASE_LOST: a worker that is cut off stops before another starts.
 * The time is taken before each request on this machine's monotonic clock, so that it never ends later here than there.
 */
export function keepLease(leases: LeaseStore, lease: Lease, ttlMs: number, log: Logger): LeaseKeeper {
  const { renewAfterMs, stopAfterMs } = computeLeaseTimings(ttlMs)
  const lost = new AbortController()
  const stopped = new AbortController()
  const lose = (why: string) => {
    if (stopped.signal.aborted || lost.signal.aborted) return
    log.warn({ why }, 'lease lost')
    lost.abort(new GodwitError('LEASE_LOST', `The lease on migration ${lease.migrationId} is lost: ${why}.`))
  }
  let deadline = setTimeout(() => lose('the control database did not answer in time'), stopAfterMs)

  const renewOnce = async () => {
    const askedAt = performance.now()
    const held = await leases.renew(lease, ttlMs)
    if (stopped.signal.aborted) return
    if (!held) return lose('another worker has it, or it ran out')
    clearTimeout(deadline)
    const left = stopAfterMs - (performance.now() - askedAt)
    deadline = setTimeout(() => lose('the control database did not answer in time'), Math.max(left, 0))
  }

  const renewAlways = async () => {
    const ended = AbortSignal.any([lost.signal, stopped.signal])
    while (!ended.aborted) {
      await sleep(renewAfterMs, undefined, { signal: ended }).catch(() => undefined)
      if (ended.aborted) return
      await renewOnce().catch((error: unknown) => log.warn({ err: error }, 'cannot renew the lease'))
    }
  }
  const renewing = renewAlways()

  return {
    signal: lost.signal,
    async [Symbol.asyncDispose]() {
      stopped.abort()
      clearTimeout(deadline)
      await renewing
    },
  }
}
