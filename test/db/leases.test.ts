import { expect, test } from 'vitest'
import { v7 } from 'uuid'
import type { ControlStores } from '../../engine/index.ts'
import { waitFor } from '../support/servers.ts'
import { alice, claim, createMigration, makeRunning, openTestStores, waitForBlocked } from './fixtures.ts'

async function createActive(stores: ControlStores): Promise<string> {
  const draft = await createMigration(stores)
  await stores.migrations.act({ migrationId: draft.id, action: 'VERIFY' }, alice)
  return draft.id
}

const hourMs = 3_600_000

test('only migrations with something to do are claimable', async () => {
  await using control = await openTestStores()
  const { leases } = control.stores
  const draft = await createMigration(control.stores)
  const active = await createActive(control.stores)
  expect(await leases.findClaimable(10)).toEqual([active])
  expect(await leases.claim(draft.id, 'worker-1', hourMs)).toBeNull()
})

test('a claimed migration is not claimable, until it is released', async () => {
  await using control = await openTestStores()
  const { leases } = control.stores
  const id = await createActive(control.stores)
  const lease = await claim(control.stores, id)
  expect(lease).toEqual({ migrationId: id, owner: 'worker-1', epoch: 1n })
  expect(await leases.findClaimable(10)).toEqual([])
  expect(await leases.claim(id, 'worker-2', hourMs)).toBeNull()
  expect(await leases.claim(id, 'worker-1', hourMs)).toBeNull()
  await leases.release(lease)
  expect(await leases.findClaimable(10)).toEqual([id])
})

test('the epoch grows with every claim, also over a release', async () => {
  await using control = await openTestStores()
  const id = await createActive(control.stores)
  for (const [epoch, owner] of [
    [1n, 'a'],
    [2n, 'b'],
    [3n, 'b'],
  ] as const) {
    const lease = await claim(control.stores, id, owner)
    expect(lease.epoch).toBe(epoch)
    await control.stores.leases.release(lease)
  }
})

test('of several that claim at once, one gets it', async () => {
  await using control = await openTestStores()
  const id = await createActive(control.stores)
  const claims = await Promise.all(
    ['a', 'b', 'c', 'd', 'e'].map((owner) => control.stores.leases.claim(id, owner, hourMs)),
  )
  expect(claims.filter((lease) => lease !== null)).toHaveLength(1)
})

test('a lease that has run out is claimable, and the former owner can neither renew nor release', async () => {
  await using control = await openTestStores()
  const { leases } = control.stores
  const id = await createActive(control.stores)
  const former = await leases.claim(id, 'worker-1', 1)
  if (former === null) throw new Error('not claimed')
  await waitFor(async () => (await leases.findClaimable(10)).includes(id))
  const lease = await claim(control.stores, id, 'worker-2')
  expect(lease.epoch).toBe(2n)
  expect(await leases.renew(former, hourMs)).toBe(false)
  await leases.release(former)
  expect(await leases.renew(lease, hourMs)).toBe(true)
})

test('a lease that has run out cannot be renewed even if nobody took it', async () => {
  await using control = await openTestStores()
  const { leases } = control.stores
  const id = await createActive(control.stores)
  const lease = await leases.claim(id, 'worker-1', 1)
  if (lease === null) throw new Error('not claimed')
  await waitFor(async () => (await leases.findClaimable(10)).includes(id))
  expect(await leases.renew(lease, hourMs)).toBe(false)
})

test('renewing moves the end of the lease', async () => {
  await using control = await openTestStores()
  const id = await createActive(control.stores)
  const lease = await claim(control.stores, id)
  expect(await control.stores.leases.renew(lease, 2 * hourMs)).toBe(true)
  const { rows } = await control.database.query(
    `select lease_until > now() + interval '90 minutes' as moved from godwit_control.leases`,
  )
  expect(rows).toEqual([{ moved: true }])
})

test('a new owner is an event, the same owner again is none', async () => {
  await using control = await openTestStores()
  const id = await createActive(control.stores)
  for (const owner of ['a', 'a', 'b']) {
    await control.stores.leases.release(await claim(control.stores, id, owner))
  }
  const events = await control.stores.events.readMigration(id, 0n, 100)
  const changes = events.filter((event) => event.type === 'OWNER_CHANGED')
  expect(changes.map((event) => event.payload)).toEqual([
    { owner: 'a', former: null, epoch: '1' },
    { owner: 'b', former: 'a', epoch: '3' },
  ])
  expect(changes[0]?.actor).toEqual({ kind: 'worker', id: 'a', name: 'a' })
})

test('a migration whose next attempt is not due is not claimable, until it is', async () => {
  await using control = await openTestStores()
  const { leases, runs } = control.stores
  const { migration, lease } = await makeRunning(control.stores)
  const error = { code: 'CONNECTION_LOST', message: 'away', remedy: 'wait' } as const
  await runs.saveRetry(lease, { error, delayMs: hourMs })
  await leases.release(lease)
  expect(await leases.findClaimable(10)).toEqual([])
  expect(await leases.claim(migration.id, 'worker-2', hourMs)).toBeNull()
  const next = await waitForDue(control.stores, migration.id, () =>
    control.database.query(
      `update godwit_control.migrations set next_attempt_at = now() - interval '1 second'`,
    ),
  )
  expect(next.epoch).toBe(lease.epoch + 1n)
})

async function waitForDue(stores: ControlStores, id: string, makeDue: () => Promise<unknown>) {
  await makeDue()
  expect(await stores.leases.findClaimable(10)).toEqual([id])
  return await claim(stores, id, 'worker-2')
}

test('at most so many are found as were asked for', async () => {
  await using control = await openTestStores()
  const ids = [await createActive(control.stores), await createActive(control.stores)]
  expect(await control.stores.leases.findClaimable(1)).toHaveLength(1)
  expect(new Set(await control.stores.leases.findClaimable(2))).toEqual(new Set(ids))
})

test('a migration that is not there cannot be claimed', async () => {
  await using control = await openTestStores()
  await expect(control.stores.leases.claim(v7(), 'worker-1', hourMs)).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
})

test('while a write of the owner is under way, nobody can take the lease', async () => {
  await using control = await openTestStores()
  const { lease } = await makeRunning(control.stores)
  await using holder = await control.database.connect()
  await holder.query('begin')
  await holder.query('lock table godwit_control.table_progress in exclusive mode')
  const clearing = control.stores.runs.clearTables(lease)
  await waitForBlocked(control.database)
  await expect(
    control.database.query('select from godwit_control.leases for no key update nowait'),
  ).rejects.toMatchObject({ code: '55P03' })
  await holder.query('commit')
  await clearing
})

test('several writes of one owner may be under way at once', async () => {
  await using control = await openTestStores()
  const { lease } = await makeRunning(control.stores)
  await using holder = await control.database.connect()
  await holder.query('begin')
  await holder.query('lock table godwit_control.table_progress in exclusive mode')
  const clearing = control.stores.runs.clearTables(lease)
  await waitForBlocked(control.database)
  await control.stores.runs.saveStream(lease, { timeline: 3 })
  const { rows } = await control.database.query('select timeline from godwit_control.streams')
  expect(rows).toEqual([{ timeline: 3 }])
  await holder.query('commit')
  await clearing
})

test('a worker without room finds only what writers and people wait for', async () => {
  await using control = await openTestStores()
  const { leases, migrations } = control.stores
  const running = await makeRunning(control.stores)
  await leases.release(running.lease)
  const verifying = await createActive(control.stores)
  const cancelling = await makeRunning(control.stores)
  await leases.release(cancelling.lease)
  await migrations.act({ migrationId: cancelling.migration.id, action: 'CANCEL' }, alice)
  const urgent = new Set([verifying, cancelling.migration.id])
  expect(new Set(await leases.findClaimable(10, { urgentOnly: true }))).toEqual(urgent)
  const all = await leases.findClaimable(10)
  expect(new Set(all.slice(0, 2))).toEqual(urgent)
  expect(all.slice(2)).toEqual([running.migration.id])
})
