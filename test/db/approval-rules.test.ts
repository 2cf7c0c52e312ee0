import { expect, test } from 'vitest'
import type { NewApprovalRule } from '../../engine/index.ts'
import {
  alice,
  connectionTo,
  makeFollowing,
  openTestStores,
  planCutover,
  rejectionOf,
  reread,
  waitForBlocked,
} from './fixtures.ts'

const rule: NewApprovalRule = {
  name: 'dba',
  required: 1,
  people: ['ben'],
  groups: [],
  endpointId: null,
  tag: null,
}

test('a rule is kept, changed in part, listed and deleted; each is in the audit log', async () => {
  await using control = await openTestStores()
  const { approvalRules } = control.stores
  await approvalRules.setGroup({ name: 'ops', members: ['cat', 'dan', 'cat'] }, alice)
  const created = await approvalRules.create({ ...rule, required: 3, groups: ['ops'] }, alice)
  expect(created).toMatchObject({ ...rule, required: 3, groups: ['ops'] })
  const changed = await approvalRules.update(
    created.id,
    { required: 2, people: ['ben', 'ben', 'eve'] },
    alice,
  )
  expect(changed).toEqual({ ...created, required: 2, people: ['ben', 'eve'] })
  const listed = await approvalRules.list({})
  expect(listed.items.map(({ item }) => item)).toEqual([changed])
  await approvalRules.delete(created.id, alice)
  expect((await approvalRules.list({})).items).toEqual([])
  await expect(approvalRules.delete(created.id, alice)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  const audit = await control.stores.audit.list({ first: 10 })
  expect(audit.items.map(({ item }) => item.operation)).toEqual([
    'approvalRule.delete',
    'approvalRule.update',
    'approvalRule.create',
    'approverGroup.set',
  ])
})

test('the same key makes one rule', async () => {
  await using control = await openTestStores()
  const context = { ...alice, idempotencyKey: 'once' }
  const first = await control.stores.approvalRules.create(rule, context)
  expect(await control.stores.approvalRules.create(rule, context)).toEqual(first)
})

test.each([
  ['required', { required: 0 }],
  ['required', { required: 11 }],
  ['required', { required: 1.5 }],
  ['required', { required: 2, people: ['ben', 'ben'] }],
  ['name', { name: ' ' }],
  ['people', { people: [''] }],
] satisfies [string, Partial<NewApprovalRule>][])(
  'a rule with a bad %s is refused (%o)',
  async (field, bad) => {
    await using control = await openTestStores()
    const created = await control.stores.approvalRules.create({ ...rule, name: 'other' }, alice)
    const refusal = { code: 'BAD_INPUT', field }
    await expect(control.stores.approvalRules.create({ ...rule, ...bad }, alice)).rejects.toMatchObject(
      refusal,
    )
    await expect(control.stores.approvalRules.update(created.id, bad, alice)).rejects.toMatchObject(refusal)
  },
)

test('what a rule names must exist, and its name be its own', async () => {
  await using control = await openTestStores()
  const { approvalRules } = control.stores
  await expect(approvalRules.create({ ...rule, groups: ['nobody'] }, alice)).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining('nobody'),
  })
  await expect(approvalRules.create({ ...rule, endpointId: 'nowhere' }, alice)).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
  await approvalRules.create(rule, alice)
  await expect(approvalRules.create(rule, alice)).rejects.toMatchObject({ code: 'NAME_TAKEN' })
  const other = await approvalRules.create({ ...rule, name: 'other' }, alice)
  await expect(approvalRules.update(other.id, { name: 'dba' }, alice)).rejects.toMatchObject({
    code: 'NAME_TAKEN',
  })
})

test('a group that a rule names cannot be deleted, even by who is at it at the same time', async () => {
  await using control = await openTestStores()
  const { approvalRules } = control.stores
  await approvalRules.setGroup({ name: 'ops', members: ['cat'] }, alice)
  await using holder = await control.database.connect()
  await holder.query('begin')
  await holder.query(`select from godwit_control.approver_groups where name = 'ops' for share`)
  await holder.query(
    `insert into godwit_control.approval_rules (id, name, required, people, groups)
     values (gen_random_uuid(), 'late', 1, '{}', '{ops}')`,
  )
  const deleting = rejectionOf(approvalRules.deleteGroup('ops', alice))
  await waitForBlocked(control.database)
  await holder.query('commit')
  expect(await deleting).toMatchObject({ code: 'IN_USE', message: expect.stringContaining('late') })
  await control.database.query('delete from godwit_control.approval_rules')
  await approvalRules.deleteGroup('ops', alice)
  await expect(approvalRules.deleteGroup('ops', alice)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('a plan needs what the rules say that are about its endpoints, frozen as they were', async () => {
  await using control = await openTestStores()
  const { approvalRules } = control.stores
  const { migration } = await makeFollowing(control.stores)
  const other = await makeFollowing(control.stores)
  await approvalRules.setGroup({ name: 'ops', members: ['dan', 'cat', 'ben'] }, alice)
  await approvalRules.create({ ...rule, name: 'b of target', endpointId: migration.targetId }, alice)
  await approvalRules.create({ ...rule, name: 'c of all', required: 2, groups: ['ops'] }, alice)
  await approvalRules.create({ ...rule, name: 'a of source', endpointId: migration.sourceId }, alice)
  const plan = await planCutover(control.stores, migration)
  const frozen = [
    { rule: 'a of source', required: 1, approvers: ['ben'] },
    { rule: 'b of target', required: 1, approvers: ['ben'] },
    { rule: 'c of all', required: 2, approvers: ['ben', 'cat', 'dan'] },
  ]
  expect(plan).toMatchObject({ status: 'PENDING', requirement: { rules: frozen } })
  expect((await planCutover(control.stores, other.migration)).requirement.rules).toEqual(frozen.slice(2))
  await approvalRules.setGroup({ name: 'ops', members: ['zoe'] }, alice)
  expect((await control.stores.cutovers.find(migration.id))?.requirement.rules).toEqual(frozen)
})

test('a rule by tag is about migrations with that tag, and with an endpoint about those that fit both', async () => {
  await using control = await openTestStores()
  const { approvalRules, migrations } = control.stores
  const { migration } = await makeFollowing(control.stores)
  const other = await makeFollowing(control.stores)
  await approvalRules.create({ ...rule, name: 'by tag', tag: 'production' }, alice)
  const both = { ...rule, tag: 'production', endpointId: other.migration.sourceId }
  await approvalRules.create({ ...both, name: 'by both' }, alice)
  const rulesOf = async (each: typeof migration) =>
    (await planCutover(control.stores, await reread(control.stores, each))).requirement.rules.map(
      ({ rule: name }) => name,
    )
  expect(await rulesOf(migration)).toEqual([])
  for (const { id } of [migration, other.migration]) {
    await migrations.update({ migrationId: id, tags: ['shop', 'production'] }, alice)
  }
  expect(await rulesOf(migration)).toEqual(['by tag'])
  expect(await rulesOf(other.migration)).toEqual(['by both', 'by tag'])
})

test('a rule is about a database: another endpoint that leads there does not get around it', async () => {
  await using control = await openTestStores()
  const { approvalRules, endpoints } = control.stores
  const { migration } = await makeFollowing(control.stores)
  const given = await endpoints.find(migration.sourceId)
  const connection = connectionTo(given!.host.toUpperCase())
  const again = await endpoints.create({ name: 'again', connection }, alice)
  const elsewhere = await endpoints.create(
    { name: 'elsewhere', connection: { ...connection, database: 'other' } },
    alice,
  )
  const made = await approvalRules.create({ ...rule, name: 'of again', endpointId: again.id }, alice)
  await approvalRules.create({ ...rule, name: 'of elsewhere', endpointId: elsewhere.id }, alice)
  expect((await planCutover(control.stores, migration)).requirement.rules).toMatchObject([
    { rule: 'of again' },
  ])
  await endpoints.delete(again.id, alice)
  await approvalRules.update(made.id, { people: ['ben', 'cat'] }, alice)
  expect((await planCutover(control.stores, migration)).requirement.rules).toMatchObject([
    { rule: 'of again', approvers: ['ben', 'cat'] },
  ])
})
