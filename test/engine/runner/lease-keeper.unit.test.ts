import { pino } from 'pino'
import { expect, test } from 'vitest'
import { computeLeaseTimings, keepLease } from '../../../engine/runner/lease-keeper.ts'
import { isGodwitError, type Lease } from '../../../engine/index.ts'
import { waitFor } from '../../support/wait-for.ts'

const lease: Lease = { migrationId: '0199', owner: 'w', epoch: 1n }
const log = pino({ level: 'silent' })
const unused = { findClaimable: async () => [], claim: async () => null, release: async () => undefined }

test('the work stops before the lease can run out, and there is time for several renewals', () => {
  const { renewAfterMs, stopAfterMs } = computeLeaseTimings(30_000)
  expect(stopAfterMs).toBeLessThan(30_000)
  expect(renewAfterMs * 3).toBeLessThanOrEqual(stopAfterMs)
})

test('a lease that another has taken stops the work', async () => {
  await using keeper = keepLease({ ...unused, renew: async () => false }, lease, 40, log)
  await waitFor(() => keeper.signal.aborted)
  expect(isGodwitError(keeper.signal.reason, 'LEASE_LOST')).toBe(true)
})

test('a control database that does not answer stops the work', async () => {
  const hanging = new Promise<boolean>(() => undefined)
  const keeper = keepLease({ ...unused, renew: () => hanging }, lease, 40, log)
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
  await using keeper = keepLease({ ...unused, renew }, lease, 2_000, log)
  await waitFor(() => asked >= 5)
  expect(keeper.signal.aborted).toBe(false)
})
