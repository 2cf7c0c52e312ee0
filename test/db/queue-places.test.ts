import { expect, test } from 'vitest'
import {
  alice,
  createEndpoint,
  createMigration,
  makeReady,
  openTestStores,
  planCutover,
  problem,
  reread,
} from './fixtures.ts'
import { begin, enqueue, enqueueMany, hourMs, tryToClaim } from './queue.ts'

test('a place is taken until incremental begins', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const target = await createEndpoint(stores, 'target')
  const [first, second] = await enqueueMany(stores, 2, target.id)
  const lease = await begin(stores, first!)
  for (const step of ['PREPARE', 'FULL_COPY', 'INDEXES_AND_CONSTRAINTS'] as const) {
    await stores.runs.saveStep(lease, { step, status: 'RUNNING' })
    await stores.runs.saveStep(lease, { step, status: 'DONE' })
    expect(await tryToClaim(stores, second!)).toBe(false)
  }
  await stores.runs.saveStep(lease, { step: 'INCREMENTAL', status: 'RUNNING' })
  expect(await stores.leases.findClaimable(10)).toEqual([second])
  await begin(stores, second!)
  // The first one's completion asks for no place again.
  const plan = await planCutover(stores, await reread(stores, { id: first! }))
  const complete = { migrationId: first!, action: 'COMPLETE', planDigest: plan.digest } as const
  await stores.migrations.act({ ...complete, writesStopped: true }, alice)
  await stores.runs.saveStep(lease, { step: 'INCREMENTAL', status: 'DONE' })
  await stores.leases.release(lease)
  expect(await tryToClaim(stores, first!)).toBe(true)
})

test('without incremental, a place is taken until the migration has completed', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const target = await createEndpoint(stores, 'target')
  const kind = { structure: true, fullCopy: true, incremental: false }
  const draft = await createMigration(stores, { kind, targetId: target.id })
  await makeReady(stores, draft, 'passed')
  await stores.migrations.act({ migrationId: draft.id, action: 'START' }, alice)
  const lease = await begin(stores, draft.id)
  const next = await enqueue(stores, target.id)
  await stores.runs.report(lease, 'COPY_FINISHED')
  expect(await tryToClaim(stores, next.id)).toBe(false)
  await stores.runs.report(lease, 'FINISHED')
  expect(await tryToClaim(stores, next.id)).toBe(true)
})

test.each(['PAUSE', 'CANCEL', 'FAILED'] as const)('%s gives the place back', async (how) => {
  await using control = await openTestStores()
  const { stores } = control
  const target = await createEndpoint(stores, 'target')
  const [first, second] = await enqueueMany(stores, 2, target.id)
  const lease = await begin(stores, first!)
  expect(await tryToClaim(stores, second!)).toBe(false)
  if (how === 'FAILED') await stores.runs.report(lease, 'FAILED', { problem })
  else await stores.migrations.act({ migrationId: first!, action: how }, alice)
  expect(await tryToClaim(stores, second!)).toBe(true)
})

test('who is resumed or retried waits behind those that queued before', async () => {
  await using control = await openTestStores()
  const { stores } = control
  await stores.queue.setLimits({ overall: 1 }, alice)
  const [paused, waiting] = await enqueueMany(stores, 2)
  const lease = await begin(stores, paused!)
  await stores.migrations.act({ migrationId: paused!, action: 'PAUSE' }, alice)
  await stores.leases.release(lease)
  await stores.migrations.act({ migrationId: paused!, action: 'RESUME' }, alice)
  expect((await stores.queue.entries()).map(({ migrationId }) => migrationId)).toEqual([waiting, paused])
  expect(await tryToClaim(stores, paused!)).toBe(false)
  const next = await begin(stores, waiting!)
  await stores.runs.report(next, 'FAILED', { problem })
  await stores.leases.release(next)
  await stores.migrations.act({ migrationId: waiting!, action: 'RETRY' }, alice)
  expect((await stores.queue.entries()).map(({ migrationId }) => migrationId)).toEqual([paused, waiting])
})

test('who only has to follow changes again needs no place', async () => {
  await using control = await openTestStores()
  const { stores } = control
  await stores.queue.setLimits({ overall: 1 }, alice)
  const target = await createEndpoint(stores, 'target')
  const [following, copying] = await enqueueMany(stores, 2, target.id)
  const lease = await begin(stores, following!)
  await stores.runs.saveStep(lease, { step: 'INCREMENTAL', status: 'RUNNING' })
  await begin(stores, copying!)
  await stores.migrations.act({ migrationId: following!, action: 'PAUSE' }, alice)
  await stores.leases.release(lease)
  await stores.migrations.act({ migrationId: following!, action: 'RESUME' }, alice)
  expect(await stores.leases.findClaimable(10)).toEqual([following])
  await begin(stores, following!)
})

test('a migration that waits for its next attempt keeps its target, and lets others begin', async () => {
  await using control = await openTestStores()
  const { stores } = control
  await stores.queue.setLimits({ overall: 1 }, alice)
  const target = await createEndpoint(stores, 'target')
  const [stuck, sameTarget] = await enqueueMany(stores, 2, target.id)
  const other = await enqueue(stores)
  const lease = await begin(stores, stuck!)
  await stores.runs.saveRetry(lease, { error: problem, delayMs: hourMs })
  await stores.leases.release(lease)
  expect(await stores.leases.findClaimable(10)).toEqual([other.id])
  expect(await tryToClaim(stores, sameTarget!)).toBe(false)
  const copying = await begin(stores, other.id)
  // Due again, it is the first to get a place of all, but there is none.
  await control.database.query(
    `update godwit_control.migrations set next_attempt_at = clock_timestamp() where next_attempt_at is not null`,
  )
  expect(await stores.leases.findClaimable(10)).toEqual([])
  expect(await tryToClaim(stores, stuck!)).toBe(false)
  expect((await stores.queue.entries()).map(({ migrationId, waitsFor }) => [migrationId, waitsFor])).toEqual([
    [stuck, 'OVERALL'],
    [sameTarget, 'TARGET'],
  ])
  await stores.runs.saveStep(copying, { step: 'INCREMENTAL', status: 'RUNNING' })
  expect(await stores.leases.findClaimable(10)).toEqual([stuck])
  expect(await tryToClaim(stores, stuck!)).toBe(true)
})

test('a worker that dies keeps the place of its migration for the next owner', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const target = await createEndpoint(stores, 'target')
  const [first, second] = await enqueueMany(stores, 2, target.id)
  await begin(stores, first!)
  await control.database.query(`update godwit_control.leases set lease_until = clock_timestamp()`)
  expect(await stores.leases.findClaimable(10)).toEqual([first])
  expect(await tryToClaim(stores, second!)).toBe(false)
  expect(await tryToClaim(stores, first!)).toBe(true)
})

test('who is queued anew under the lease it had waits for its turn like all others', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const target = await createEndpoint(stores, 'target')
  const [first, second] = await enqueueMany(stores, 2, target.id)
  const lease = await begin(stores, first!)
  await stores.migrations.act({ migrationId: first!, action: 'PAUSE' }, alice)
  const next = await begin(stores, second!)
  await stores.migrations.act({ migrationId: first!, action: 'RESUME' }, alice)
  await expect(stores.runs.report(lease, 'BEGUN')).rejects.toMatchObject({ code: 'LEASE_LOST' })
  expect((await reread(stores, { id: first! })).status).toBe('QUEUED')
  await stores.leases.release(lease)
  expect(await tryToClaim(stores, first!)).toBe(false)
  await stores.runs.saveStep(next, { step: 'INCREMENTAL', status: 'RUNNING' })
  await begin(stores, first!)
})
