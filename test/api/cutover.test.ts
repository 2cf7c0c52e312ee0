import { expect, test } from 'vitest'
import { createMigration, makeFollowing, planCutover } from '../db/fixtures.ts'
import { startTestApi } from '../support/api.ts'
import { startTestWorker, TestMigration } from '../support/control.ts'
import { createDatabase } from '../support/servers.ts'

const planFields = `plan {
  digest status options { fencing quiet maxPause compare }
  measured { sequences materializedViews tables warnings { code } }
  predictedPause predictedParts { fence drain align compare }
  requestedBy { name } decisions { person } requirement { rule } missingApprovals { rule }
  mayApprove voidReason breakGlass { reason }
}`

test('a plan is measured on the servers, kept, shown at its migration, and executed by its digest', async () => {
  await using api = await startTestApi()
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query(
    'create table a (id serial primary key); insert into a select from generate_series(1, 10)',
  )
  const migration = await TestMigration.create(api.stores, { source, target })
  await using worker = startTestWorker(api.stores)
  await migration.start()
  await migration.waitForStep('INCREMENTAL')
  const { plan } = await api.mutate<{ plan: { digest: string } }>(
    'planCutover',
    { id: migration.shortId, fencing: 'NONE', quiet: 'PT0.5S', expiresIn: 'PT3600S' },
    planFields,
  )
  expect(plan).toMatchObject({
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    status: 'APPROVED',
    options: { fencing: 'NONE', quiet: 'PT0.5S', maxPause: 'PT300S', compare: true },
    measured: { sequences: 1, materializedViews: 0, tables: 1, warnings: [] },
    predictedPause: expect.stringMatching(/^PT\d/),
    predictedParts: { fence: 'PT0.5S' },
    requestedBy: { name: 'first admin' },
    decisions: [],
    requirement: [],
    missingApprovals: [],
    mayApprove: false,
    voidReason: null,
    breakGlass: null,
  })
  const { data } = await api.query(
    'query ($id: ID!) { migration(id: $id) { cutoverPlan { digest status } } }',
    { id: migration.id },
  )
  expect(data).toEqual({ migration: { cutoverPlan: { digest: plan.digest, status: 'APPROVED' } } })

  const complete = { id: migration.id, planDigest: plan.digest, writesStopped: true }
  expect(await api.mutate('completeMigration', complete, 'migration { status }')).toEqual({
    __typename: 'CompleteMigrationPayload',
    migration: { status: 'COMPLETING' },
  })
  await migration.waitForStatus('COMPLETED')
  void worker
})

test('a plan too early is refused before anything is connected to', async () => {
  await using api = await startTestApi()
  const { shortId: id } = await createMigration(api.stores)
  const refused = await api.mutate('planCutover', { id, fencing: 'NONE' }, 'plan { digest }')
  expect(refused).toMatchObject({ __typename: 'IllegalActionError', code: 'ILLEGAL_ACTION' })
})

test('servers that cannot be reached are an answer of the plan', async () => {
  await using api = await startTestApi()
  const { migration } = await makeFollowing(api.stores)
  const refused = await api.mutate('planCutover', { id: migration.id, fencing: 'NONE' }, 'plan { digest }')
  expect(refused).toMatchObject({ __typename: 'OperationError', code: 'ENDPOINT_DNS_FAILED' })
})

test('options out of bounds are refused with their field', async () => {
  await using api = await startTestApi()
  const { migration } = await makeFollowing(api.stores)
  for (const [field, value] of [
    ['quiet', 'PT601S'],
    ['maxPause', 'PT0.5S'],
    ['expiresIn', 'PT59S'],
  ] as const) {
    const input = { id: migration.id, fencing: 'NONE', [field]: value }
    expect(await api.mutate('planCutover', input, 'plan { digest }')).toMatchObject({
      code: 'BAD_INPUT',
      field,
    })
  }
})

test('completing without a fence needs the word that writes have stopped', async () => {
  await using api = await startTestApi()
  const { migration } = await makeFollowing(api.stores)
  const { digest: planDigest } = await planCutover(api.stores, migration)
  const complete = (more: object) =>
    api.mutate(
      'completeMigration',
      { id: migration.id, planDigest, ...more },
      'migration { status } } ... on ConfirmationRequiredError { argument',
    )
  const unsaid = { code: 'WRITES_NOT_STOPPED', argument: 'writesStopped' }
  expect(await complete({})).toMatchObject(unsaid)
  expect(await complete({ writesStopped: false })).toMatchObject(unsaid)
  expect(await complete({ writesStopped: true })).toMatchObject({ migration: { status: 'COMPLETING' } })
})

test('a plan that does not do is an answer with the plan of now', async () => {
  await using api = await startTestApi()
  const { migration } = await makeFollowing(api.stores)
  const complete = (planDigest: string) =>
    api.mutate(
      'completeMigration',
      { id: migration.shortId, planDigest, writesStopped: true },
      'migration { status } } ... on CutoverPlanError { currentPlan { digest }',
    )
  expect(await complete('0'.repeat(64))).toMatchObject({
    __typename: 'CutoverPlanError',
    code: 'PLAN_MISSING',
    currentPlan: null,
  })
  const former = await planCutover(api.stores, migration)
  const { digest } = await planCutover(api.stores, migration)
  expect(await complete(former.digest)).toMatchObject({ code: 'PLAN_VOID', currentPlan: { digest } })
})

test('only an admin breaks the glass', async () => {
  await using api = await startTestApi()
  const { migration } = await makeFollowing(api.stores)
  const { digest: planDigest } = await planCutover(api.stores, migration)
  const input = { id: migration.id, planDigest, breakGlass: { reason: 'The old server is on fire.' } }
  const document = `mutation ($input: CompleteMigrationInput!) { completeMigration(input: $input) { __typename } }`
  const { token } = await api.createToken(['approve'])
  const { errors } = await api.query(document, { input }, token)
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN'])
})

test('a closed cutover window is a blocker of the plan, with when it opens, and an approval that is missing another', async () => {
  await using api = await startTestApi()
  const { migration } = await makeFollowing(api.stores)
  const hourMs = 3_600_000
  const opensAt = new Date(Date.now() + hourMs)
  const closesAt = new Date(Date.now() + 2 * hourMs)
  const plan = async (expiresInMs: number) => {
    const now = await api.stores.migrations.find(migration.id)
    return await planCutover(api.stores, now!, { overrides: { expiresInMs } })
  }
  const blockers = 'blockers { kind code message remedy until }'
  interface Answer {
    readonly blockers: readonly object[]
    readonly cutoverPlan: { readonly blockers: readonly object[] } | null
  }
  const read = async () => {
    const query = `query ($id: ID!) { migration(id: $id) { ${blockers} cutoverPlan { ${blockers} } } }`
    const { data } = await api.query<{ migration: Answer }>(query, { id: migration.id })
    const { blockers: ofMigration, cutoverPlan } = data!.migration
    expect(ofMigration).toEqual(cutoverPlan?.blockers)
    return ofMigration
  }
  await plan(3 * hourMs)
  expect(await read()).toEqual([])

  await api.mutate(
    'setCutoverWindow',
    { id: migration.id, window: { once: { opensAt, closesAt } } },
    'migration { id }',
  )
  // The plan is void by now, so nothing keeps it from being executed but that.
  expect(await read()).toEqual([])
  await plan(3 * hourMs)
  const closed = { kind: 'CUTOVER_PLAN', code: 'CUTOVER_WINDOW_CLOSED' }
  expect(await read()).toEqual([
    {
      ...closed,
      message: expect.stringContaining(opensAt.toISOString()),
      remedy: expect.stringContaining(opensAt.toISOString()),
      until: opensAt.toISOString(),
    },
  ])
  const { expiresAt } = await plan(hourMs / 2)
  expect(await read()).toMatchObject([
    { ...closed, remedy: expect.stringContaining(`expires at ${expiresAt.toISOString()}`), until: null },
  ])

  await api.stores.approvalRules.create(
    { name: 'all', required: 1, people: ['carol'], groups: [], endpointId: null, tag: null },
    { actor: { kind: 'system', id: 'test', name: 'test' } },
  )
  await plan(3 * hourMs)
  expect(await read()).toMatchObject([
    {
      kind: 'CUTOVER_PLAN',
      code: 'PLAN_NOT_APPROVED',
      message: expect.stringContaining('carol'),
      until: null,
    },
    closed,
  ])
})
