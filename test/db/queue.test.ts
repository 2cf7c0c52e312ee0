import { expect, test } from 'vitest'
import {
  alice,
  claim,
  connectionTo,
  createEndpoint,
  openTestStores,
  rejectionOf,
  reread,
  waitForBlocked,
} from './fixtures.ts'
import { begin, enqueue, enqueueMany, hourMs, tryToClaim } from './queue.ts'

test('by default one may begin for each target, and four in all', async () => {
  await using control = await openTestStores()
  const { stores } = control
  expect(await stores.queue.limits()).toEqual({ perTarget: 1, overall: 4 })
  const target = await createEndpoint(stores, 'target')
  const [first, second] = await enqueueMany(stores, 2, target.id)
  const others = await enqueueMany(stores, 4)
  expect(await stores.leases.findClaimable(10)).toEqual([first, ...others.slice(0, 3)])
  expect(await tryToClaim(stores, second!)).toBe(false)
  expect(await tryToClaim(stores, others[3]!)).toBe(false)
  for (const id of [first!, ...others.slice(0, 3)]) expect(await tryToClaim(stores, id)).toBe(true)
  expect(await stores.leases.findClaimable(10)).toEqual([])
})

test('two endpoints that name the same host, port and database are one target, whatever the case', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const create = async (name: string, change: object) =>
    (await stores.endpoints.create({ name, connection: { ...connectionTo('db.example'), ...change } }, alice))
      .id
  const one = await enqueue(stores, await create('one', {}))
  const same = await enqueue(
    stores,
    await create('same', { host: 'DB.Example', database: 'SHOP', user: 'x' }),
  )
  const otherPort = await enqueue(stores, await create('other port', { port: 5433 }))
  const otherDatabase = await enqueue(stores, await create('other database', { database: 'archive' }))
  expect(await stores.leases.findClaimable(10)).toEqual([one.id, otherPort.id, otherDatabase.id])
  expect((await stores.queue.entries()).find(({ migrationId }) => migrationId === same.id)).toMatchObject({
    waitsFor: 'TARGET',
    reason: expect.stringContaining(`db.example:5432/shop, which is taken by ${one.shortId}`),
  })
})

test.each(['another store', 'the same store'])(
  'however many workers of %s claim at once, no more begin than may',
  async (where) => {
    await using control = await openTestStores()
    await using stack = new AsyncDisposableStack()
    const { stores } = control
    await stores.queue.setLimits({ perTarget: 2, overall: 3 }, alice)
    const target = await createEndpoint(stores, 'target')
    const ids = [...(await enqueueMany(stores, 4, target.id)), ...(await enqueueMany(stores, 3))]
    const workers = [stores]
    while (workers.length < 3)
      workers.push(where === 'the same store' ? stores : stack.use(await control.open()))
    // Every worker at every migration, in orders of their own.
    const attempts = workers.flatMap((worker, index) =>
      [...ids.slice(index * 2), ...ids.slice(0, index * 2)].map((id) => ({ worker, id, index })),
    )
    // Their order changes all the time, so that what one has counted is not what the next will count.
    const shuffle = ids.map((id, index) =>
      workers[index % 3]!.queue.setPriority({ migrationId: id, priority: (index * 37) % 100 }, alice),
    )
    const leases = await Promise.all(
      attempts.map(async ({ worker, id, index }) => await worker.leases.claim(id, `worker-${index}`, hourMs)),
    )
    await Promise.all(shuffle)
    const claimed = leases.flatMap((lease) => (lease === null ? [] : [lease.migrationId]))
    expect(claimed.length).toBeLessThanOrEqual(3)
    expect(claimed.filter((id) => ids.indexOf(id) < 4).length).toBeLessThanOrEqual(2)
    expect(new Set(claimed).size).toBe(claimed.length)
    // And all places are given, once those who came too early have asked again.
    for (const id of await stores.leases.findClaimable(10)) await tryToClaim(stores, id)
    const { rows } = await control.database.query<{ claimed: number }>(
      `select count(*)::int as claimed from godwit_control.migrations where admitted_epoch is not null`,
    )
    expect(rows).toEqual([{ claimed: 3 }])
  },
)

test('while one claim is decided, no other is', async () => {
  await using control = await openTestStores()
  await using other = await control.open()
  const { stores, database } = control
  await stores.queue.setLimits({ overall: 1 }, alice)
  const [first, second] = await enqueueMany(stores, 2)
  await using holder = await database.connect()
  await holder.query('begin')
  await holder.query('select from godwit_control.leases where migration_id = $1 for update', [first])
  const decided = stores.leases.claim(first!, 'worker-1', hourMs)
  await waitForBlocked(database)
  // From now on it is the turn of the second one, unless the first is taken just now.
  await stores.queue.setPriority({ migrationId: second!, priority: 1 }, alice)
  const waiting = other.leases.claim(second!, 'worker-2', hourMs)
  await waitForBlocked(database, 2)
  await holder.query('commit')
  expect(await decided).not.toBeNull()
  expect(await waiting).toBeNull()
})

test('nobody is claimed before one that comes earlier and could begin as well', async () => {
  await using control = await openTestStores()
  const { stores } = control
  await stores.queue.setLimits({ overall: 1 }, alice)
  const [first, second] = await enqueueMany(stores, 2)
  expect(await tryToClaim(stores, second!)).toBe(false)
  expect(await stores.leases.findClaimable(10)).toEqual([first])
  const at = (await stores.queue.entries()).map(({ migrationId, position, waitsFor }) => [
    migrationId,
    position,
    waitsFor,
  ])
  expect(at).toEqual([
    [first, 1, 'WORKER'],
    [second, 2, 'OVERALL'],
  ])
})

test('one that waits for its target does not hold up those behind it, nor take their places', async () => {
  await using control = await openTestStores()
  const { stores } = control
  await stores.queue.setLimits({ overall: 2 }, alice)
  const target = await createEndpoint(stores, 'target')
  const [running, waiting] = await enqueueMany(stores, 2, target.id)
  const behind = await enqueue(stores)
  await begin(stores, running!)
  expect(await stores.leases.findClaimable(1)).toEqual([behind.id])
  expect((await stores.queue.entries())[0]).toMatchObject({
    migrationId: waiting,
    position: 1,
    waitsFor: 'TARGET',
  })
  expect(await tryToClaim(stores, behind.id)).toBe(true)
})

test('a worker whose time runs out while it begins cannot begin after another was let in', async () => {
  await using control = await openTestStores()
  const { stores, database } = control
  const target = await createEndpoint(stores, 'target')
  const [first] = await enqueueMany(stores, 1, target.id)
  const lease = await claim(stores, first!)
  await using holder = await database.connect()
  await holder.query('begin')
  await holder.query(`select pg_advisory_xact_lock(hashtextextended('godwit queue', 0))`)
  await database.query(
    `update godwit_control.leases set lease_until = clock_timestamp() + interval '1 second' where owner = $1`,
    [lease.owner],
  )
  const refusal = rejectionOf(stores.runs.report(lease, 'BEGUN'))
  await waitForBlocked(database)
  await database.query(
    'select pg_sleep_until(lease_until) from godwit_control.leases where owner is not null',
  )
  await holder.query('commit')
  expect(await refusal).toMatchObject({ code: 'LEASE_LOST' })
  expect((await reread(stores, { id: first! })).status).toBe('QUEUED')
})

test('a claim waits for nobody but those who decide on the queue, and no decision for a lock of another', async () => {
  await using control = await openTestStores()
  const { stores, database } = control
  const [first, second] = await enqueueMany(stores, 2)
  await using holder = await database.connect()
  await holder.query('begin')
  await holder.query('select from godwit_control.migrations where id = $1 for no key update', [first])
  const blocked = stores.leases.claim(first!, 'worker-1', hourMs)
  await waitForBlocked(database)
  expect(await tryToClaim(stores, second!)).toBe(true)
  await holder.query('commit')
  expect(await blocked).not.toBeNull()
})
