import { expect, test } from 'vitest'
import type { CutoverPlan, Scope } from '../../engine/index.ts'
import { makeFollowing, planCutover } from '../db/fixtures.ts'
import { postGraphql, startTestApi, type TestApi } from '../support/api.ts'

/** A call of the bot for somebody. */
async function callFor<Data>(
  api: TestApi,
  person: string,
  {
    document,
    input,
    scope = 'approve',
  }: {
    readonly document: string
    readonly input: Readonly<Record<string, unknown>>
    readonly scope?: Scope
  },
) {
  const { token } = await api.createToken([scope])
  return await postGraphql<Data>(
    api.graphqlUrl,
    { query: document, variables: { input } },
    { authorization: `Bearer ${token}`, 'x-godwit-on-behalf-of': person },
  )
}

const approveDocument = `mutation ($input: ApproveCutoverInput!) {
  answer: approveCutover(input: $input) {
    __typename
    ... on ApproveCutoverPayload { plan { status mayApprove missingApprovals { rule missing people } } }
    ... on UserError { code message remedy }
    ... on CutoverPlanError { currentPlan { status } }
  }
}`

const rejectDocument = `mutation ($input: RejectCutoverInput!) {
  answer: rejectCutover(input: $input) {
    __typename
    ... on RejectCutoverPayload { plan { status decisions { person decision reason } } }
    ... on UserError { code remedy }
  }
}`

async function setRule(api: TestApi, required: number): Promise<void> {
  await api.mutate('setApproverGroup', { name: 'dba', members: ['ben', 'cat'] }, 'group { name members }')
  const made = await api.mutate(
    'createApprovalRule',
    { name: 'database people', required, groups: ['dba'] },
    'rule { name }',
  )
  expect(made).toMatchObject({ rule: { name: 'database people' } })
}

const ofPlan = ({ migrationId, digest }: CutoverPlan) => ({ id: migrationId, planDigest: digest })

test('people approve through a token that acts for them, until nothing is missing', async () => {
  await using api = await startTestApi()
  await setRule(api, 2)
  const { migration } = await makeFollowing(api.stores)
  const input = ofPlan(await planCutover(api.stores, migration))
  const approve = async (person: string) =>
    (await callFor<{ answer: unknown }>(api, person, { document: approveDocument, input })).data?.answer
  expect(await approve('ben')).toEqual({
    __typename: 'ApproveCutoverPayload',
    plan: {
      status: 'PENDING',
      mayApprove: false,
      missingApprovals: [{ rule: 'database people', missing: 1, people: ['cat'] }],
    },
  })
  expect(await approve('zoe')).toMatchObject({
    __typename: 'CutoverPlanError',
    code: 'APPROVAL_REFUSED',
    remedy: 'Who can approve: database people needs 1 more, from cat.',
    currentPlan: { status: 'PENDING' },
  })
  expect(await approve('cat')).toMatchObject({ plan: { status: 'APPROVED', missingApprovals: [] } })
})

test('mayApprove is about the caller, its person and its scope', async () => {
  await using api = await startTestApi()
  await setRule(api, 1)
  const { migration } = await makeFollowing(api.stores)
  await planCutover(api.stores, migration)
  const { token } = await api.createToken(['approve'])
  const mayApprove = async (person: string) => {
    const query = `{ migration(id: "${migration.shortId}") { cutoverPlan { mayApprove } } }`
    const headers = { authorization: `Bearer ${token}`, 'x-godwit-on-behalf-of': person }
    const { data } = await postGraphql<{ migration: { cutoverPlan: { mayApprove: boolean } } }>(
      api.graphqlUrl,
      { query },
      headers,
    )
    return data?.migration.cutoverPlan.mayApprove
  }
  expect(await mayApprove('ben')).toBe(true)
  expect(await mayApprove('zoe')).toBe(false)
})

test('a rejection carries its reason; an admin need not be named', async () => {
  await using api = await startTestApi()
  await setRule(api, 1)
  const { migration } = await makeFollowing(api.stores)
  const input = { ...ofPlan(await planCutover(api.stores, migration)), reason: 'Not on a Friday.' }
  const call = { document: rejectDocument, input }
  expect((await callFor(api, 'zoe', call)).data).toMatchObject({ answer: { code: 'APPROVAL_REFUSED' } })
  expect((await callFor(api, 'zoe', { ...call, scope: 'admin' })).data).toEqual({
    answer: {
      __typename: 'RejectCutoverPayload',
      plan: {
        status: 'REJECTED',
        decisions: [{ person: 'zoe', decision: 'REJECT', reason: 'Not on a Friday.' }],
      },
    },
  })
})

test('an admin breaks the glass, and the plan shows it', async () => {
  await using api = await startTestApi()
  await setRule(api, 1)
  const { migration } = await makeFollowing(api.stores)
  const input = { ...ofPlan(await planCutover(api.stores, migration)), writesStopped: true }
  const complete = (more: object) =>
    api.mutate(
      'completeMigration',
      { ...input, ...more },
      'migration { status cutoverPlan { status executedBy breakGlass { person reason } } }',
    )
  expect(await complete({})).toMatchObject({ __typename: 'CutoverPlanError', code: 'PLAN_NOT_APPROVED' })
  const reason = 'The old server is on fire.'
  expect(await complete({ breakGlass: { reason: 'fire' } })).toMatchObject({ field: 'breakGlass.reason' })
  expect(await complete({ breakGlass: { reason } })).toMatchObject({
    migration: {
      status: 'COMPLETING',
      cutoverPlan: {
        status: 'EXECUTING',
        executedBy: 'token:first admin',
        breakGlass: { person: 'token:first admin', reason },
      },
    },
  })
})

test('rules and groups are changed, listed and deleted', async () => {
  await using api = await startTestApi()
  await setRule(api, 2)
  const { migration } = await makeFollowing(api.stores)
  const list = async () =>
    (
      await api.query<{ approvalRules: { nodes: { id: string }[] } }>(
        `{ approvalRules { nodes { id name required people groups tag endpoint { name } } }
           approverGroups { nodes { name members } } }`,
      )
    ).data
  const listed = await list()
  expect(listed).toMatchObject({
    approvalRules: {
      nodes: [{ name: 'database people', required: 2, groups: ['dba'], tag: null, endpoint: null }],
    },
    approverGroups: { nodes: [{ name: 'dba', members: ['ben', 'cat'] }] },
  })
  const id = listed?.approvalRules.nodes[0]?.id
  const update = (changes: object) =>
    api.mutate('updateApprovalRule', { id, ...changes }, 'rule { required people endpoint { id } }')
  expect(await update({ endpointId: migration.sourceId, people: ['eve'] })).toMatchObject({
    rule: { required: 2, people: ['eve'], endpoint: { id: expect.any(String) } },
  })
  expect(await update({ required: 1 })).toMatchObject({ rule: { endpoint: { id: expect.any(String) } } })
  expect(await update({ endpointId: null })).toMatchObject({ rule: { required: 1, endpoint: null } })
  expect(await api.mutate('deleteApproverGroup', { name: 'dba' }, 'deletedGroup')).toMatchObject({
    __typename: 'ConflictError',
    code: 'IN_USE',
  })
  expect(await api.mutate('deleteApprovalRule', { id }, 'deletedRuleId')).toMatchObject({ deletedRuleId: id })
  expect(await api.mutate('deleteApproverGroup', { name: 'dba' }, 'deletedGroup')).toMatchObject({
    deletedGroup: 'dba',
  })
})
