import type { Logger } from 'pino'
import { setTimeout as sleep } from 'node:timers/promises'
import { GodwitError } from '../errors.ts'
import type { Lease, LeaseStore } from '../ports/index.ts'

/** When to renew a lease, and when to stop working because it might run out. Pure; counted from the last renewal. */
export function computeLeaseTimings(ttlMs: number): {
  readonly renewAfterMs: number
  readonly stopAfterMs: number
  readonly checkEveryMs: number
} {
  return { renewAfterMs: ttlMs / 4, stopAfterMs: ttlMs * 0.8, checkEveryMs: Math.max(ttlMs / 50, 1) }
}

/** A moment on both clocks of this machine. */
export interface Instant {
  readonly monotonicMs: number
  readonly wallMs: number
}

export function readClocks(): Instant {
  return { monotonicMs: performance.now(), wallMs: Date.now() }
}

/**
 * What has passed in between by the clock that says more: the monotonic one stands still while a machine is suspended,
 * and the other may be set back.
 */
export function elapsedMs(from: Instant, to: Instant): number {
  return Math.max(to.monotonicMs - from.monotonicMs, to.wallMs - from.wallMs)
}

/** Keeps a lease, and aborts `signal` as soon as the work under it must stop. */
export interface LeaseKeeper extends Disposable {
  readonly signal: AbortSignal
}

export interface KeptLease {
  readonly lease: Lease
  readonly ttlMs: number
  /** Taken before the lease was asked for, so that it never ends later here than there. */
  readonly askedAt: Instant
}

/**
 * Renews a lease until disposed. When the control database says that it is lost, or does not answer until shortly
 * before the lease runs out, `signal` aborts with LEASE_LOST: a worker that is cut off stops before another starts, and
 * one that slept stops when it wakes up. What it still does until then, the servers refuse: see ownership.ts.
 */
export function keepLease(
  leases: LeaseStore,
  { lease, ttlMs, askedAt }: KeptLease,
  log: Logger,
): LeaseKeeper {
  const { renewAfterMs, stopAfterMs, checkEveryMs } = computeLeaseTimings(ttlMs)
  const lost = new AbortController()
  const stopped = new AbortController()
  const ended = AbortSignal.any([lost.signal, stopped.signal])
  let confirmedAt = askedAt
  const lose = (why: string) => {
    if (ended.aborted) return
    log.warn({ why }, 'lease lost')
    lost.abort(new GodwitError('LEASE_LOST', `The lease on migration ${lease.migrationId} is lost: ${why}.`))
  }
  const checking = setInterval(() => {
    if (elapsedMs(confirmedAt, readClocks()) >= stopAfterMs) {
      lose('the control database has not confirmed it in time')
    }
  }, checkEveryMs)

  const renewOnce = async () => {
    const askedAt = readClocks()
    const held = await leases.renew(lease, ttlMs)
    if (held) confirmedAt = askedAt
    else lose('another worker has it, or it ran out')
  }
  const renewAlways = async () => {
    while (!ended.aborted) {
      await sleep(renewAfterMs, undefined, { signal: ended }).catch(() => undefined)
      if (ended.aborted) return
      await renewOnce().catch((error: unknown) => {
        if (!ended.aborted) log.warn({ err: error }, 'cannot renew the lease')
      })
    }
  }
  void renewAlways()

  return {
    signal: lost.signal,
    [Symbol.dispose]() {
      // A renewal that is under way comes to nothing: it does not bring back a lease that was released.
      stopped.abort()
      clearInterval(checking)
    },
  }
}
