import { expect, test } from 'vitest'
import { alice } from './fixtures.ts'
import { approve, as, complete, reject, requestOf, setPlan } from './approvals.ts'

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
  const executed = await stores.cutovers.find(migration.id)
  expect(executed).toMatchObject({ executedBy: 'ada', executedAt: expect.any(Date) })
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
