import { expect, test } from 'vitest'
import type {
  ActionRequest,
  CommandContext,
  ControlStores,
  CutoverPlan,
  Migration,
} from '../../engine/index.ts'
import {
  alice,
  makeFollowing,
  openTestStores,
  planCutover,
  rejectionOf,
  waitForBlocked,
  type TestStores,
} from './fixtures.ts'

const as = (person: string): CommandContext => ({
  actor: { kind: 'token', id: 'token-of-the-bot', name: 'bot', onBehalfOf: person },
})

interface Scene extends TestStores {
  readonly migration: Migration
  readonly plan: CutoverPlan
}

/** A plan that ada asked for, and that `required` of ben, cat and dan have to approve. */
async function setPlan(required: number): Promise<Scene> {
  const control = await openTestStores()
  const { migration } = await makeFollowing(control.stores)
  await control.stores.approvalRules.create(
    { name: 'dba', required, people: ['ada', 'ben', 'cat', 'dan'], groups: [], endpointId: null, tag: null },
    alice,
  )
  const plan = await planCutover(control.stores, migration, { context: as('ada') })
  return { ...control, migration, plan }
}

const requestOf = ({ migrationId, digest }: CutoverPlan) => ({ migrationId, planDigest: digest })

function approve(stores: ControlStores, plan: CutoverPlan, person: string): Promise<CutoverPlan> {
  return stores.cutovers.approve(requestOf(plan), as(person))
}

function reject(stores: ControlStores, plan: CutoverPlan, person: string): Promise<CutoverPlan> {
  const request = { ...requestOf(plan), reason: 'The shop is having a sale.', asAdmin: false }
  return stores.cutovers.reject(request, as(person))
}

function complete(
  stores: ControlStores,
  plan: CutoverPlan,
  more: Partial<ActionRequest> = {},
): Promise<Migration> {
  return stores.migrations.act(
    { ...requestOf(plan), action: 'COMPLETE', writesStopped: true, ...more },
    as('ada'),
  )
}

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

test('enough different people approve, and the plan is approved; each is in events and audit', async () => {
  await using scene = await setPlan(2)
  const { stores, migration, plan } = scene
  expect(plan.status).toBe('PENDING')
  await expect(complete(stores, plan)).rejects.toMatchObject({
    code: 'PLAN_NOT_APPROVED',
    message: expect.stringContaining('dba needs 2 more, from ben, cat, dan'),
  })
  expect((await approve(stores, plan, 'ben')).status).toBe('PENDING')
  const approved = await approve(stores, plan, 'cat')
  expect(approved).toMatchObject({ status: 'APPROVED', digest: plan.digest })
  expect(approved.decisions).toMatchObject([
    { person: 'ben', decision: 'APPROVE', actor: { name: 'bot', onBehalfOf: 'ben' } },
    { person: 'cat', decision: 'APPROVE' },
  ])
  const events = await stores.events.readMigration(migration.id, 0n, 100)
  expect(events.filter(({ type }) => type === 'CUTOVER_APPROVED')).toMatchObject([
    { actor: { onBehalfOf: 'ben' }, payload: { digest: plan.digest, person: 'ben', status: 'PENDING' } },
    { actor: { onBehalfOf: 'cat' }, payload: { person: 'cat', status: 'APPROVED' } },
  ])
  const [entry] = (await stores.audit.list({ first: 1 })).items
  expect(entry?.item).toMatchObject({ operation: 'migration.approveCutover', details: { person: 'cat' } })
  expect((await complete(stores, plan)).status).toBe('COMPLETING')
  expect((await stores.cutovers.find(migration.id))?.executedBy).toBe('ada')
})

test('neither the requester, nor a stranger, nor the same person twice; the refusal says who can', async () => {
  await using scene = await setPlan(2)
  const { stores, plan } = scene
  const remedy = 'Who can approve: dba needs 2 more, from ben, cat, dan.'
  await expect(approve(stores, plan, 'ada')).rejects.toMatchObject({ code: 'APPROVAL_REFUSED', remedy })
  await expect(approve(stores, plan, 'zoe')).rejects.toMatchObject({ code: 'APPROVAL_REFUSED', remedy })
  await expect(stores.cutovers.approve(requestOf(plan), alice)).rejects.toMatchObject({
    code: 'APPROVAL_REFUSED',
    message: expect.stringContaining('token:alice'),
  })
  await approve(stores, plan, 'ben')
  await expect(approve(stores, plan, 'ben')).rejects.toMatchObject({
    code: 'APPROVAL_REFUSED',
    remedy: 'Who can approve: dba needs 1 more, from cat, dan.',
  })
})

test('the same key approves once', async () => {
  await using scene = await setPlan(2)
  const { stores, plan } = scene
  const context = { ...as('ben'), idempotencyKey: 'once' }
  await stores.cutovers.approve(requestOf(plan), context)
  expect((await stores.cutovers.approve(requestOf(plan), context)).decisions).toHaveLength(1)
})

test('a digest that is not of a plan of the migration decides nothing', async () => {
  await using scene = await setPlan(1)
  const { stores, plan } = scene
  const strange = { ...plan, digest: 'f'.repeat(64) }
  await expect(approve(stores, strange, 'ben')).rejects.toMatchObject({ code: 'PLAN_MISSING' })
  await expect(reject(stores, strange, 'ben')).rejects.toMatchObject({ code: 'PLAN_MISSING' })
})

test('a rejection ends the plan with its reason, also after an approval of the same person', async () => {
  await using scene = await setPlan(1)
  const { stores, migration, plan } = scene
  await approve(stores, plan, 'ben')
  await expect(
    stores.cutovers.reject({ ...requestOf(plan), reason: ' ', asAdmin: false }, as('ben')),
  ).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'reason' })
  await expect(reject(stores, plan, 'zoe')).rejects.toMatchObject({ code: 'APPROVAL_REFUSED' })
  expect((await reject(stores, plan, 'ben')).status).toBe('REJECTED')
  const refusal = {
    code: 'PLAN_REJECTED',
    message: expect.stringContaining('ben has rejected the plan: The shop'),
  }
  await expect(complete(stores, plan)).rejects.toMatchObject(refusal)
  await expect(approve(stores, plan, 'cat')).rejects.toMatchObject(refusal)
  const events = await stores.events.readMigration(migration.id, 0n, 100)
  expect(events.at(-1)).toMatchObject({
    type: 'CUTOVER_REJECTED',
    payload: { person: 'ben', reason: 'The shop is having a sale.', digest: plan.digest },
  })
})

test('an admin rejects without being named', async () => {
  await using scene = await setPlan(1)
  const request = { ...requestOf(scene.plan), reason: 'Not today.', asAdmin: true }
  expect((await scene.stores.cutovers.reject(request, as('zoe'))).status).toBe('REJECTED')
})

test('breaking the glass passes missing approvals, with a reason, loudly', async () => {
  await using scene = await setPlan(2)
  const { stores, migration, plan } = scene
  const broken = { breakGlass: { reason: 'The old server is on fire.' } }
  await expect(complete(stores, plan, { breakGlass: { reason: 'because  ' } })).rejects.toMatchObject({
    code: 'BAD_INPUT',
    field: 'breakGlass.reason',
  })
  expect((await complete(stores, plan, broken)).status).toBe('COMPLETING')
  expect(await stores.cutovers.find(migration.id)).toMatchObject({
    status: 'EXECUTING',
    breakGlass: { person: 'ada', reason: 'The old server is on fire.', at: expect.any(Date) },
  })
  const events = await stores.events.readMigration(migration.id, 0n, 100)
  expect(events.find(({ type }) => type === 'BREAK_GLASS')).toMatchObject({
    actor: { onBehalfOf: 'ada' },
    payload: { digest: plan.digest, reason: 'The old server is on fire.' },
  })
  const audit = await stores.audit.list({ first: 2 })
  expect(audit.items.map(({ item }) => item.operation)).toContain('migration.breakGlass')
})

test('breaking the glass passes neither expiry nor a change', async () => {
  await using scene = await setPlan(1)
  const { stores, database, plan } = scene
  const broken = { breakGlass: { reason: 'The old server is on fire.' } }
  await database.query('update godwit_control.migrations set version = version + 1')
  await expect(complete(stores, plan, broken)).rejects.toMatchObject({ code: 'PLAN_VOID' })
  await database.query(`update godwit_control.cutover_plans set expires_at = clock_timestamp()`)
  await expect(complete(stores, plan, broken)).rejects.toMatchObject({ code: 'PLAN_EXPIRED' })
})

test('an approved plan that is completed with break-glass breaks none', async () => {
  await using scene = await setPlan(1)
  const { stores, migration, plan } = scene
  await approve(stores, plan, 'ben')
  await complete(stores, plan, { breakGlass: { reason: 'The old server is on fire.' } })
  expect((await stores.cutovers.find(migration.id))?.breakGlass).toBeNull()
  const events = await stores.events.readMigration(migration.id, 0n, 100)
  expect(events.map(({ type }) => type)).not.toContain('BREAK_GLASS')
})

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
