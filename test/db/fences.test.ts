import { expect, test } from 'vitest'
import type { Lease, SourceFence } from '../../engine/index.ts'
import {
  alice,
  bob,
  claim,
  createEndpoint,
  createMigration,
  makeReady,
  openTestStores,
  rejectionOf,
} from './fixtures.ts'
import type { TestStores } from './fixtures.ts'

const fence: SourceFence = {
  mode: 'READ_ONLY',
  since: new Date(0),
  sourceTime: '2020-01-01 00:00:00+00',
  undo: ['ALTER DATABASE "shop" RESET default_transaction_read_only'],
  reported: false,
}

/** Two migrations whose sources are the same database by different endpoints, each with a worker. */
async function claimTwo({ stores, database }: TestStores) {
  const leases: Lease[] = []
  for (const name of ['one', 'two']) {
    const draft = await createMigration(stores, { name })
    const { id } = draft
    await makeReady(stores, draft, 'passed')
    await stores.migrations.act({ migrationId: id, action: 'START' }, alice)
    const source = await createEndpoint(stores, `source of ${name}`)
    await database.query(
      `update godwit_control.endpoints set host = $2, database_name = 'shop' where id = $1`,
      [source.id, name === 'one' ? 'db.internal' : 'DB.internal'],
    )
    await database.query('update godwit_control.migrations set source_id = $2 where id = $1', [id, source.id])
    await database.query(`update godwit_control.migrations set status = 'COMPLETING' where id = $1`, [id])
    leases.push(await claim(stores, id, `worker of ${name}`))
  }
  const [first, second] = leases
  return [first!, second!] as const
}

for (const order of [
  [0, 1],
  [1, 0],
] as const) {
  test(`of migrations from one database, in the order ${order.join(', ')}, only the first may fence it`, async () => {
    await using control = await openTestStores()
    const { stores, database } = control
    const leases = await claimTwo(control)
    const [first, second] = [leases[order[0]], leases[order[1]]]
    await stores.runs.recordFence(first, fence)
    await stores.runs.recordFence(first, { ...fence, reported: true })
    const other = await stores.migrations.find(first.migrationId)
    expect(await rejectionOf(stores.runs.recordFence(second, fence))).toMatchObject({
      code: 'FENCED_BY_OTHER',
      retryable: true,
      message: expect.stringContaining(other!.shortId),
    })
    await database.query(`update godwit_control.migrations set status = 'COMPLETED' where id = $1`, [
      first.migrationId,
    ])
    expect(await rejectionOf(stores.runs.recordFence(second, fence))).toMatchObject({
      code: 'FENCED_BY_OTHER',
      retryable: false,
      remedy: expect.stringMatching(/forgetFence/),
    })
    expect(await stores.migrations.fence(second.migrationId)).toBeNull()
    await stores.migrations.forgetFence({ migrationId: other!.shortId }, alice)
    await stores.runs.recordFence(second, fence)
    expect(await stores.migrations.fence(second.migrationId)).toEqual({ ...fence, givenUp: null })
  })
}

test('of two migrations that fence one database at once, one does', async () => {
  await using control = await openTestStores()
  const leases = await claimTwo(control)
  for (let round = 0; round < 10; round++) {
    const outcomes = await Promise.allSettled(
      leases.map((lease) => control.stores.runs.recordFence(lease, fence)),
    )
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    for (const lease of leases) await control.stores.runs.saveStream(lease, { fence: null })
  }
})

test('a fence is forgotten after the end of its migration only, with who did it and how to lift it', async () => {
  await using control = await openTestStores()
  const { stores, database } = control
  const [{ migrationId }, lease] = await claimTwo(control)
  await stores.runs.recordFence(lease, fence)
  const forget = (id: string, expectedVersion?: number) =>
    stores.migrations.forgetFence(
      { migrationId: id, ...(expectedVersion !== undefined && { expectedVersion }) },
      bob,
    )
  expect(await rejectionOf(forget(lease.migrationId))).toMatchObject({ code: 'ILLEGAL_ACTION' })
  expect(await stores.migrations.fence(lease.migrationId)).toEqual({ ...fence, givenUp: null })
  await database.query(`update godwit_control.migrations set status = 'COMPLETED'`)
  expect(await rejectionOf(forget(migrationId))).toMatchObject({
    code: 'ILLEGAL_ACTION',
    message: expect.stringContaining('no fence'),
  })
  for (const status of ['CANCELLED', 'COMPLETED']) {
    await database.query('update godwit_control.migrations set status = $1', [status])
    const removed = stores.migrations.delete({ migrationId: lease.migrationId }, bob)
    expect(await rejectionOf(removed)).toMatchObject({
      code: 'ILLEGAL_ACTION',
      remedy: expect.stringContaining('forgetFence'),
    })
  }
  expect(await rejectionOf(forget(lease.migrationId, 1))).toMatchObject({ code: 'STALE_VERSION' })
  const { version } = (await stores.migrations.find(lease.migrationId))!
  expect(await forget(lease.migrationId, version)).toMatchObject({ version: version + 1 })
  expect(await stores.migrations.fence(lease.migrationId)).toBeNull()
  const events = await stores.events.readMigration(lease.migrationId, 0n, 100)
  expect(events.at(-1)).toMatchObject({
    actor: bob.actor,
    message: expect.stringContaining(fence.undo[0]!),
    payload: { statements: fence.undo },
  })
  const [entry] = (await stores.audit.list({ first: 1 })).items
  expect(entry?.item).toMatchObject({ operation: 'migration.forget_fence', actor: bob.actor })
})

test('a migration is shut out by a fence that blocks connections, as long as that may still be lifted', async () => {
  await using control = await openTestStores()
  const { stores, database } = control
  const [first, second] = await claimTwo(control)
  const isShutOut = async () => (await stores.runs.findShuttingOut(second)) !== null
  const setStatus = (status: string) =>
    database.query(`update godwit_control.migrations set status = $2 where id = $1`, [
      first.migrationId,
      status,
    ])
  expect(await isShutOut()).toBe(false)
  await stores.runs.recordFence(first, { ...fence, mode: 'BLOCK_CONNECTIONS', undo: [] })
  expect(await isShutOut()).toBe(false)
  await stores.runs.recordFence(first, { ...fence, mode: 'BLOCK_CONNECTIONS' })
  expect(await isShutOut()).toBe(true)
  expect(await stores.runs.findShuttingOut(first)).toBeNull()
  await setStatus('CANCELLING')
  expect(await isShutOut()).toBe(true)
  await setStatus('COMPLETED')
  expect(await isShutOut()).toBe(false)
  await setStatus('COMPLETING')
  await stores.runs.saveStream(first, { fence })
  expect(await isShutOut()).toBe(false)
})
