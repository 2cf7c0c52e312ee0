import { pino } from 'pino'
import { expect, test } from 'vitest'
import {
  computeLeaseTimings,
  elapsedMs,
  keepLease,
  readClocks,
  type Instant,
} from '../../../engine/runner/lease-keeper.ts'
import { isGodwitError, type Lease, type LeaseStore } from '../../../engine/index.ts'
import { waitFor } from '../../support/wait-for.ts'

const lease: Lease = { migrationId: '0199', owner: 'w', epoch: 1n }
const log = pino({ level: 'silent' })
const unused = { findClaimable: async () => [], claim: async () => null, release: async () => undefined }

function keep(renew: LeaseStore['renew'], ttlMs: number, askedAt: Instant = readClocks()) {
  return keepLease({ ...unused, renew }, { lease, ttlMs, askedAt }, log)
}

test('the work stops before the lease can run out, and there is time for several renewals', () => {
  const { renewAfterMs, stopAfterMs } = computeLeaseTimings(30_000)
  expect(stopAfterMs).toBeLessThan(30_000)
  expect(renewAfterMs * 3).toBeLessThanOrEqual(stopAfterMs)
})

test('a lease that another has taken stops the work', async () => {
  using keeper = keep(async () => false, 40)
  await waitFor(() => keeper.signal.aborted)
  expect(isGodwitError(keeper.signal.reason, 'LEASE_LOST')).toBe(true)
})

test('a control database that does not answer stops the work', async () => {
  const hanging = new Promise<boolean>(() => undefined)
  using keeper = keep(() => hanging, 40)
  await waitFor(() => keeper.signal.aborted)
  expect(isGodwitError(keeper.signal.reason, 'LEASE_LOST')).toBe(true)
})

test('renewals that fail now and then do not stop the work', async () => {
  let asked = 0
  const renew = async () => {
    asked += 1
    if (asked % 2 === 1) throw new Error('the connection broke')
    return true
  }
  using keeper = keep(renew, 2_000)
  await waitFor(() => asked >= 5)
  expect(keeper.signal.aborted).toBe(false)
})

test('a machine that slept stops the work, though its monotonic clock stood still', async () => {
  const { monotonicMs, wallMs } = readClocks()
  using keeper = keep(async () => true, 60_000, { monotonicMs, wallMs: wallMs - 59_000 })
  await waitFor(() => keeper.signal.aborted)
  expect(isGodwitError(keeper.signal.reason, 'LEASE_LOST')).toBe(true)
})

test('what has passed is what either clock says, at most', () => {
  const from = { monotonicMs: 1_000, wallMs: 50_000 }
  expect(elapsedMs(from, { monotonicMs: 1_100, wallMs: 90_000 })).toBe(40_000)
  expect(elapsedMs(from, { monotonicMs: 3_000, wallMs: 10_000 })).toBe(2_000)
})

test('a keeper that was disposed of does not stop anything any more', async () => {
  const renewed = Promise.withResolvers<boolean>()
  const keeper = keep(() => renewed.promise, 40)
  keeper[Symbol.dispose]()
  renewed.resolve(false)
  await renewed.promise
  expect(keeper.signal.aborted).toBe(false)
})
