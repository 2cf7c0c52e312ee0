import { expect, test } from 'vitest'
import { alice, bob, createMigration, openTestStores, problem, reread } from './fixtures.ts'
import { begin, enqueueMany, hourMs, tryToClaim } from './queue.ts'

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
  await stores.runs.saveRetry(lease, { error: problem, delayMs: hourMs })
  expect(await reread(stores, { id: id! })).toMatchObject({
    problem: { code: problem.code },
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
