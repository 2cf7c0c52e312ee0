import { expect, test } from 'vitest'
import type { ActionRequest, CutoverPlan, EventType, Migration } from '../../engine/index.ts'
import { calm } from '../engine/cutover/measurement.ts'
import {
  alice,
  bob,
  claim,
  makeFollowing,
  makeRunning,
  openTestStores,
  planCutover,
  reread,
} from './fixtures.ts'
import type { TestStores } from './fixtures.ts'

function completion(plan: Pick<CutoverPlan, 'migrationId' | 'digest'>): ActionRequest {
  return {
    migrationId: plan.migrationId,
    action: 'COMPLETE',
    planDigest: plan.digest,
    writesStopped: true,
  }
}

async function eventsOf({ stores }: TestStores, { id }: Pick<Migration, 'id'>, type: EventType) {
  return (await stores.events.readMigration(id, 0n, 100)).filter((event) => event.type === type)
}

/** As if so much time had passed since the plan was made. */
async function letExpire({ database }: TestStores, { id }: CutoverPlan): Promise<void> {
  await database.query(
    `update godwit_control.cutover_plans set expires_at = clock_timestamp() - interval '1 ms' where id = $1`,
    [id],
  )
}

test('a plan is kept as it was measured, with what it predicts; without a rule it needs no approval', async () => {
  await using control = await openTestStores()
  const { migration } = await makeFollowing(control.stores)
  const measured = {
    ...calm,
    lagBytes: 2n ** 60n,
    warnings: [{ code: 'LONG_TRANSACTION', message: 'It is long.', remedy: 'Wait.' }],
  }
  const plan = await planCutover(control.stores, migration, { overrides: { measured } })
  expect(plan).toMatchObject({
    status: 'APPROVED',
    measured,
    migrationVersion: migration.version,
    requestedBy: alice.actor,
    decisions: [],
    requirement: { rules: [] },
    voidReason: null,
    breakGlass: null,
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
  expect(plan.predictedPauseMs).toBe(Object.values(plan.predictedParts).reduce((sum, part) => sum + part, 0))
  expect(plan.expiresAt.getTime() - plan.createdAt.getTime()).toBe(600_000)
  expect(await control.stores.cutovers.find(migration.shortId)).toEqual(plan)
  expect(await eventsOf(control, migration, 'CUTOVER_PLANNED')).toMatchObject([
    { actor: alice.actor, payload: { digest: plan.digest, warnings: ['LONG_TRANSACTION'] } },
  ])
  const [entry] = (await control.stores.audit.list({ first: 1 })).items
  expect(entry?.item).toMatchObject({ operation: 'migration.planCutover', details: { digest: plan.digest } })
})

test('a plan can be made only where it could be executed, and of what was measured', async () => {
  await using control = await openTestStores()
  const { migration, lease } = await makeRunning(control.stores)
  await expect(planCutover(control.stores, migration)).rejects.toMatchObject({ code: 'ILLEGAL_ACTION' })
  await control.stores.runs.saveStep(lease, { step: 'INCREMENTAL', status: 'RUNNING' })
  await expect(
    planCutover(control.stores, migration, { overrides: { measuredVersion: migration.version - 1 } }),
  ).rejects.toMatchObject({ code: 'STALE_VERSION' })
  await expect(
    planCutover(control.stores, migration, { overrides: { expiresInMs: 1 } }),
  ).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'expiresIn' })
  expect(await control.stores.cutovers.find(migration.id)).toBeNull()
})

test('the same key gives the same plan; another plan ends the former and has another digest', async () => {
  await using control = await openTestStores()
  const { migration } = await makeFollowing(control.stores)
  const context = { ...alice, idempotencyKey: 'once' }
  const first = await planCutover(control.stores, migration, { context })
  expect(await planCutover(control.stores, migration, { context })).toEqual(first)
  const second = await planCutover(control.stores, migration)
  expect(second.digest).not.toBe(first.digest)
  expect((await control.stores.cutovers.find(migration.id))?.digest).toBe(second.digest)
  await expect(control.stores.migrations.act(completion(first), alice)).rejects.toMatchObject({
    code: 'PLAN_VOID',
    message: expect.stringContaining('superseded'),
  })
  expect(await eventsOf(control, migration, 'CUTOVER_VOID')).toMatchObject([
    { payload: { digest: first.digest } },
  ])
  expect((await control.stores.migrations.act(completion(second), alice)).status).toBe('COMPLETING')
})

test('completing needs a plan of the migration, and without a fence the word that writes have stopped', async () => {
  await using control = await openTestStores()
  const { migration } = await makeFollowing(control.stores)
  const other = await makeFollowing(control.stores)
  const strange = await planCutover(control.stores, other.migration)
  const act = (request: ActionRequest) => control.stores.migrations.act(request, bob)
  const plain: ActionRequest = { migrationId: migration.id, action: 'COMPLETE', writesStopped: true }
  await expect(act(plain)).rejects.toMatchObject({ code: 'PLAN_MISSING' })
  await expect(act({ ...plain, planDigest: strange.digest })).rejects.toMatchObject({ code: 'PLAN_MISSING' })
  const plan = await planCutover(control.stores, migration)
  for (const word of [{ writesStopped: false }, {}]) {
    const { writesStopped: _said, ...silent } = completion(plan)
    await expect(act({ ...silent, ...word })).rejects.toMatchObject({ code: 'WRITES_NOT_STOPPED' })
  }
  expect((await act(completion(plan))).status).toBe('COMPLETING')
  expect((await control.stores.cutovers.find(migration.id))?.status).toBe('EXECUTING')
  const [event] = (await eventsOf(control, migration, 'STATUS_CHANGED')).slice(-1)
  expect(event).toMatchObject({
    actor: bob.actor,
    payload: { digest: plan.digest, fencing: 'NONE', writesStopped: true },
  })
})

test('with a fence no word is needed', async () => {
  await using control = await openTestStores()
  const { migration } = await makeFollowing(control.stores)
  const options = { fencing: 'READ_ONLY', quietMs: 0, maxPauseMs: 300_000, compare: true } as const
  const plan = await planCutover(control.stores, migration, { overrides: { options } })
  const request: ActionRequest = { migrationId: migration.id, action: 'COMPLETE', planDigest: plan.digest }
  expect((await control.stores.migrations.act(request, alice)).status).toBe('COMPLETING')
})

test('a plan expires by the clock, before any tick says so; the tick notes it once', async () => {
  await using control = await openTestStores()
  const { migration } = await makeFollowing(control.stores)
  const plan = await planCutover(control.stores, migration)
  expect(await control.stores.cutovers.settlePlans()).toBe(0)
  await letExpire(control, plan)
  expect((await control.stores.cutovers.find(migration.id))?.status).toBe('EXPIRED')
  await expect(control.stores.migrations.act(completion(plan), alice)).rejects.toMatchObject({
    code: 'PLAN_EXPIRED',
  })
  expect(await eventsOf(control, migration, 'CUTOVER_EXPIRED')).toEqual([])
  expect(await control.stores.cutovers.settlePlans()).toBe(1)
  expect(await control.stores.cutovers.settlePlans()).toBe(0)
  expect(await eventsOf(control, migration, 'CUTOVER_EXPIRED')).toMatchObject([
    { actor: { kind: 'system' }, payload: { digest: plan.digest } },
  ])
})

test('of two ticks at once one notes it', async () => {
  await using control = await openTestStores()
  const { migration } = await makeFollowing(control.stores)
  await letExpire(control, await planCutover(control.stores, migration))
  await Promise.all([control.stores.cutovers.settlePlans(), control.stores.cutovers.settlePlans()])
  expect(await eventsOf(control, migration, 'CUTOVER_EXPIRED')).toHaveLength(1)
})

test('an expired plan that is superseded stays expired', async () => {
  await using control = await openTestStores()
  const { migration } = await makeFollowing(control.stores)
  await letExpire(control, await planCutover(control.stores, migration))
  await planCutover(control.stores, migration)
  expect(await eventsOf(control, migration, 'CUTOVER_EXPIRED')).toHaveLength(1)
  expect(await eventsOf(control, migration, 'CUTOVER_VOID')).toEqual([])
})

test('a migration that has changed voids its plan, from which version to which', async () => {
  await using control = await openTestStores()
  const { migration } = await makeFollowing(control.stores)
  const plan = await planCutover(control.stores, migration)
  await control.database.query('update godwit_control.migrations set version = version + 3')
  expect(await control.stores.cutovers.find(migration.id)).toMatchObject({
    status: 'VOID',
    voidReason: `The migration has changed: from version ${migration.version} to ${migration.version + 3}.`,
  })
  await expect(control.stores.migrations.act(completion(plan), alice)).rejects.toMatchObject({
    code: 'PLAN_VOID',
    message: expect.stringContaining(`from version ${migration.version} to ${migration.version + 3}`),
  })
  expect(await control.stores.cutovers.settlePlans()).toBe(1)
  expect(await eventsOf(control, migration, 'CUTOVER_VOID')).toHaveLength(1)
})

test('a pause voids the plan, by whom', async () => {
  await using control = await openTestStores()
  const { migration } = await makeFollowing(control.stores)
  await planCutover(control.stores, migration)
  await control.stores.migrations.act({ migrationId: migration.id, action: 'PAUSE' }, bob)
  expect(await control.stores.cutovers.find(migration.id)).toMatchObject({
    status: 'VOID',
    voidReason: 'PAUSE has changed the migration.',
  })
  expect(await eventsOf(control, migration, 'CUTOVER_VOID')).toMatchObject([{ actor: bob.actor }])
})

test('a refused completion voids the plan with its reason, a finished one is executed', async () => {
  await using control = await openTestStores()
  const { migration, lease } = await makeFollowing(control.stores)
  const first = await planCutover(control.stores, migration)
  await control.stores.migrations.act(completion(first), alice)
  const run = await control.stores.runs.load(lease)
  expect(run.cutover).toMatchObject({ digest: first.digest, status: 'EXECUTING' })
  const problem = { code: 'TARGET_DIFFERS', message: 'Rows are missing.', remedy: 'Look.' } as const
  await control.stores.runs.report(lease, 'COMPLETION_REFUSED', { problem })
  expect(await control.stores.cutovers.find(migration.id)).toMatchObject({
    status: 'VOID',
    voidReason: 'Rows are missing.',
  })
  expect((await control.stores.runs.load(lease)).cutover).toBeNull()

  const second = await planCutover(control.stores, await reread(control.stores, migration))
  await control.stores.migrations.act(completion(second), alice)
  await control.stores.runs.report(lease, 'FINISHED')
  expect(await control.stores.cutovers.find(migration.id)).toMatchObject({
    status: 'EXECUTED',
    digest: second.digest,
    voidReason: null,
  })
})

test('an executing plan does not expire, and outlives its worker', async () => {
  await using control = await openTestStores()
  const { migration, lease } = await makeFollowing(control.stores)
  const plan = await planCutover(control.stores, migration)
  await control.stores.migrations.act(completion(plan), alice)
  await letExpire(control, plan)
  expect(await control.stores.cutovers.settlePlans()).toBe(0)
  await control.stores.leases.release(lease)
  const next = await claim(control.stores, migration.id, 'worker-2')
  expect((await control.stores.runs.load(next)).cutover?.status).toBe('EXECUTING')
})
