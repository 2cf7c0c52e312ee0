import { expect, test } from 'vitest'
import { alice, planCutover, rejectionOf, waitForBlocked, type TestStores } from './fixtures.ts'
import { approve, as, complete, reject, setPlan } from './approvals.ts'

/**
 * Runs both while the row of the migration is held, the first waiting before the second comes, then lets go: they are
 * decided in their order, each in a transaction that began before the other ended.
 */
async function race(
  { database }: Pick<TestStores, 'database'>,
  first: () => Promise<unknown>,
  second: () => Promise<unknown>,
): Promise<readonly [unknown, unknown]> {
  await using holder = await database.connect()
  await holder.query('begin')
  await holder.query('select from godwit_control.migrations for no key update')
  const one = rejectionOf(first())
  await waitForBlocked(database, 1)
  const two = rejectionOf(second())
  await waitForBlocked(database, 2)
  await holder.query('commit')
  return [await one, await two]
}

test('of two who approve at once where one is enough, the second reads who was first', async () => {
  await using scene = await setPlan(1)
  const { stores, migration, plan } = scene
  const [first, second] = await race(
    scene,
    () => approve(stores, plan, 'ben'),
    () => approve(stores, plan, 'cat'),
  )
  expect(first).toBeUndefined()
  expect(second).toMatchObject({ code: 'PLAN_DECIDED', message: expect.stringContaining('ben was first') })
  expect((await stores.cutovers.find(migration.id))?.decisions).toHaveLength(1)
})

test('two who approve at once where two are needed both count', async () => {
  await using scene = await setPlan(2)
  const { stores, migration, plan } = scene
  const outcomes = await race(
    scene,
    () => approve(stores, plan, 'ben'),
    () => approve(stores, plan, 'cat'),
  )
  expect(outcomes).toEqual([undefined, undefined])
  expect((await stores.cutovers.find(migration.id))?.status).toBe('APPROVED')
})

test('the same person twice at once counts once', async () => {
  await using scene = await setPlan(2)
  const { stores, plan } = scene
  const [, second] = await race(
    scene,
    () => approve(stores, plan, 'ben'),
    () => approve(stores, plan, 'ben'),
  )
  expect(second).toMatchObject({ code: 'APPROVAL_REFUSED', message: expect.stringContaining('already') })
})

test('a plan that expires while an approval waits is not approved', async () => {
  await using scene = await setPlan(1)
  const { stores, database, migration, plan } = scene
  await using holder = await database.connect()
  await holder.query('begin')
  await holder.query('select from godwit_control.migrations for no key update')
  const approving = rejectionOf(approve(stores, plan, 'ben'))
  await waitForBlocked(database)
  await holder.query('update godwit_control.cutover_plans set expires_at = clock_timestamp()')
  const settling = stores.cutovers.settlePlans()
  await holder.query('commit')
  expect(await approving).toMatchObject({ code: 'PLAN_EXPIRED' })
  await settling
  await stores.cutovers.settlePlans()
  const events = await stores.events.readMigration(migration.id, 0n, 100)
  expect(events.filter(({ type }) => type === 'CUTOVER_EXPIRED')).toHaveLength(1)
  expect((await stores.cutovers.find(migration.id))?.decisions).toEqual([])
})

const superseded = {
  code: 'PLAN_VOID',
  message: expect.stringContaining('newer plan, which dan asked for'),
}

test('an approval after a newer plan is refused, saying what changed', async () => {
  await using scene = await setPlan(1)
  const { stores, migration, plan } = scene
  const [planned, approved] = await race(
    scene,
    () => planCutover(stores, migration, { context: as('dan') }),
    () => approve(stores, plan, 'ben'),
  )
  expect(planned).toBeUndefined()
  expect(approved).toMatchObject(superseded)
})

test('an approval before a newer plan does not carry over to it', async () => {
  await using scene = await setPlan(1)
  const { stores, migration, plan } = scene
  const outcomes = await race(
    scene,
    () => approve(stores, plan, 'ben'),
    () => planCutover(stores, migration, { context: as('dan') }),
  )
  expect(outcomes).toEqual([undefined, undefined])
  expect(await stores.cutovers.find(migration.id)).toMatchObject({ status: 'PENDING', decisions: [] })
  await expect(complete(stores, plan)).rejects.toMatchObject(superseded)
})

test('an approval of a migration that changed meanwhile is refused, from which version to which', async () => {
  await using scene = await setPlan(1)
  const { stores, plan } = scene
  const [paused, approved] = await race(
    scene,
    () => stores.migrations.act({ migrationId: plan.migrationId, action: 'PAUSE' }, alice),
    () => approve(stores, plan, 'ben'),
  )
  expect(paused).toBeUndefined()
  expect(approved).toMatchObject({ code: 'PLAN_VOID', message: expect.stringContaining('PAUSE') })
})

test('the last approval and the completion at once: the completion that comes first lacks it', async () => {
  await using scene = await setPlan(1)
  const { stores, plan } = scene
  const [completed, approved] = await race(
    scene,
    () => complete(stores, plan),
    () => approve(stores, plan, 'ben'),
  )
  expect(completed).toMatchObject({ code: 'PLAN_NOT_APPROVED' })
  expect(approved).toBeUndefined()
})

test('the last approval and the completion at once: the completion that comes second has it', async () => {
  await using scene = await setPlan(1)
  const { stores, plan } = scene
  const outcomes = await race(
    scene,
    () => approve(stores, plan, 'ben'),
    () => complete(stores, plan),
  )
  expect(outcomes).toEqual([undefined, undefined])
})

test('a rejection after the completion began reads who completes', async () => {
  await using scene = await setPlan(1)
  const { stores, plan } = scene
  await approve(stores, plan, 'ben')
  const [completed, rejected] = await race(
    scene,
    () => complete(stores, plan),
    () => reject(stores, plan, 'cat'),
  )
  expect(completed).toBeUndefined()
  expect(rejected).toMatchObject({
    code: 'PLAN_DECIDED',
    message: 'The plan is EXECUTING already, by ada.',
  })
})

test('a rejection before the completion keeps it from beginning', async () => {
  await using scene = await setPlan(1)
  const { stores, migration, plan } = scene
  await approve(stores, plan, 'ben')
  const [rejected, completed] = await race(
    scene,
    () => reject(stores, plan, 'cat'),
    () => complete(stores, plan),
  )
  expect(rejected).toBeUndefined()
  expect(completed).toMatchObject({
    code: 'PLAN_REJECTED',
    message: expect.stringContaining('cat has rejected'),
  })
  expect((await stores.migrations.find(migration.id))?.status).toBe('RUNNING')
})
