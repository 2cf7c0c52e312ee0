import { expect, test } from 'vitest'
import type { ControlStores, Lease, Migration } from '../../engine/index.ts'
import {
  alice,
  bob,
  claim,
  connectionTo,
  createEndpoint,
  createMigration,
  makeReady,
  openTestStores,
  planCutover,
  rejectionOf,
  reread,
  waitForBlocked,
} from './fixtures.ts'

const hourMs = 3_600_000
const failure = { code: 'CONNECTION_LOST', message: 'The source is away.', remedy: 'Wait.' } as const

async function enqueue(stores: ControlStores, targetId?: string): Promise<Migration> {
  const draft = await createMigration(stores, targetId === undefined ? {} : { targetId })
  await makeReady(stores, draft, 'passed')
  return await stores.migrations.act({ migrationId: draft.id, action: 'START' }, alice)
}

async function enqueueMany(stores: ControlStores, count: number, targetId?: string): Promise<string[]> {
  const ids: string[] = []
  for (let index = 0; index < count; index += 1) ids.push((await enqueue(stores, targetId)).id)
  return ids
}

/** Claimed and begun: it copies. */
async function begin(stores: ControlStores, id: string): Promise<Lease> {
  const lease = await claim(stores, id)
  await stores.runs.report(lease, 'BEGUN')
  return lease
}

async function tryToClaim(stores: ControlStores, id: string): Promise<boolean> {
  return (await stores.leases.claim(id, 'worker-9', hourMs)) !== null
}

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
  if (how === 'FAILED') await stores.runs.report(lease, 'FAILED', { problem: failure })
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
  await stores.runs.report(next, 'FAILED', { problem: failure })
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
  await stores.runs.saveRetry(lease, { error: failure, delayMs: hourMs })
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

test('a higher priority goes first, from the moment it is set', async () => {
  await using control = await openTestStores()
  const { stores } = control
  await stores.queue.setLimits({ overall: 1 }, alice)
  const [first, second] = await enqueueMany(stores, 2)
  const before = await reread(stores, { id: second! })
  const request = { migrationId: second!, priority: 5, expectedVersion: before.version }
  const changed = await stores.queue.setPriority(request, bob)
  expect(changed).toMatchObject({ priority: 5, version: before.version + 1, status: 'QUEUED' })
  expect(await stores.leases.findClaimable(10)).toEqual([second])
  expect(await tryToClaim(stores, first!)).toBe(false)
  const event = (await stores.events.readMigration(second!, 0n, 100)).at(-1)
  expect(event).toMatchObject({ type: 'PRIORITY_CHANGED', actor: bob.actor, payload: { from: 0, to: 5 } })
  const [entry] = (await stores.audit.list({ first: 1 })).items
  expect(entry?.item).toMatchObject({ operation: 'migration.setPriority', subjectId: second })
  await expect(stores.queue.setPriority({ ...request, priority: 6 }, bob)).rejects.toMatchObject({
    code: 'STALE_VERSION',
  })
})

test('a priority is a whole number from -100 to 100, and not for what has ended', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const { id } = await createMigration(stores)
  for (const priority of [101, -101, 0.5, Number.NaN]) {
    await expect(stores.queue.setPriority({ migrationId: id, priority }, alice)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      field: 'priority',
    })
  }
  for (const priority of [100, -100]) await stores.queue.setPriority({ migrationId: id, priority }, alice)
  await stores.migrations.act({ migrationId: id, action: 'CANCEL' }, alice)
  await expect(stores.queue.setPriority({ migrationId: id, priority: 1 }, alice)).rejects.toMatchObject({
    code: 'ILLEGAL_ACTION',
  })
})

test('a priority that is set while a worker is at it does not make its failure look overtaken', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const [id] = await enqueueMany(stores, 1)
  const lease = await begin(stores, id!)
  await stores.queue.setPriority({ migrationId: id!, priority: 1 }, alice)
  await stores.runs.saveRetry(lease, { error: failure, delayMs: hourMs })
  expect(await reread(stores, { id: id! })).toMatchObject({
    problem: { code: failure.code },
    nextAttemptAt: expect.any(Date),
  })
})

test('limits are kept for all workers, noted in the audit log, and nudge one', async () => {
  await using control = await openTestStores()
  const { stores, database } = control
  await stores.queue.setLimits({ overall: 1 }, alice)
  const [first, second] = await enqueueMany(stores, 2)
  await begin(stores, first!)
  await database.query('delete from godwit_jobs.job')
  expect(await stores.queue.setLimits({ overall: 2 }, bob)).toEqual({ perTarget: 1, overall: 2 })
  await using other = await control.open()
  expect(await other.queue.limits()).toEqual({ perTarget: 1, overall: 2 })
  expect(await other.leases.findClaimable(10)).toEqual([second])
  const [entry] = (await stores.audit.list({ first: 1 })).items
  expect(entry?.item).toMatchObject({
    operation: 'queue.setLimits',
    subjectId: null,
    actor: bob.actor,
    details: { overall: 2, formerOverall: 1 },
  })
  const { rows } = await database.query(`select data from godwit_jobs.job where name = 'migration.nudge'`)
  expect(rows).toEqual([{ data: { migrationId: second } }])
})

test('of two who change a limit each at once, both have their way', async () => {
  await using control = await openTestStores()
  const { stores } = control
  await Promise.all([
    stores.queue.setLimits({ perTarget: 7 }, alice),
    stores.queue.setLimits({ overall: 9 }, bob),
  ])
  expect(await stores.queue.limits()).toEqual({ perTarget: 7, overall: 9 })
})

test.each([{}, { perTarget: 0 }, { overall: 101 }, { overall: 1.5 }])(
  'limits %j are refused',
  async (change) => {
    await using control = await openTestStores()
    await expect(control.stores.queue.setLimits(change, alice)).rejects.toMatchObject({ code: 'BAD_INPUT' })
    expect(await control.stores.queue.limits()).toEqual({ perTarget: 1, overall: 4 })
  },
)
