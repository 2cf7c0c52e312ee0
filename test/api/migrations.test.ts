import { expect, test } from 'vitest'
import { claim, createMigration, makeReady, makeRunning, verifyReport } from '../db/fixtures.ts'
import { startTestApi, type TestApi } from '../support/api.ts'

async function createEndpoints(api: TestApi): Promise<{ sourceId: string; targetId: string }> {
  const create = async (name: string) => {
    const connection = { host: `${name}.example`, database: 'shop', user: 'mover', password: 'hunter2' }
    const { endpoint } = await api.mutate<{ endpoint: { id: string } }>(
      'createEndpoint',
      { name, connection },
      'endpoint { id }',
    )
    return endpoint.id
  }
  return { sourceId: await create('old'), targetId: await create('new') }
}

test('a migration is created and read back in every way and by every form of its id', async () => {
  await using api = await startTestApi()
  const endpoints = await createEndpoints(api)
  const fields = `{
    id shortId name status version
    source { name } target { name }
    selection { include { schema table } exclude { schema table } }
    kind { structure fullCopy incremental }
    availableActions blockers { kind } problem { code } nextAttemptAt startedAt finishedAt report { rows }
    lag { bytes } lagHistory { bytes } verifyReport { outcome } progress { tables copiedTables copiedRows }
    tables { nodes { table } } steps { name status }
  }`
  const { migration } = await api.mutate<{ migration: { id: string; shortId: string } }>(
    'createMigration',
    {
      ...endpoints,
      selection: { include: [{ schema: 'shop' }, { schema: 'audit', table: 'log' }], exclude: [] },
      kind: { incremental: false },
    },
    `migration ${fields}`,
  )
  expect(migration).toMatchObject({
    shortId: expect.stringMatching(/^m-[0-9a-z]{4}$/),
    name: 'old to new',
    status: 'DRAFT',
    version: 1,
    source: { name: 'old' },
    target: { name: 'new' },
    selection: {
      include: [
        { schema: 'shop', table: null },
        { schema: 'audit', table: 'log' },
      ],
      exclude: [],
    },
    kind: { structure: true, fullCopy: true, incremental: false },
    availableActions: ['VERIFY', 'EDIT', 'CANCEL'],
    blockers: [],
    problem: null,
    lag: null,
    lagHistory: [],
    verifyReport: null,
    progress: { tables: 0, copiedTables: 0, copiedRows: '0' },
    tables: { nodes: [] },
    steps: expect.arrayContaining([
      { name: 'PREPARE', status: 'PENDING' },
      { name: 'INCREMENTAL', status: 'SKIPPED' },
    ]),
  })
  const uuid = Buffer.from(migration.id, 'base64url').toString().split(':')[1]
  for (const id of [migration.id, migration.shortId, uuid]) {
    const { data } = await api.query(`query ($id: ID!) { migration(id: $id) ${fields} }`, { id })
    expect(data).toEqual({ migration })
  }
  const { data } = await api.query(
    `query ($id: ID!) { migrations { nodes ${fields} } node(id: $id) { ... on Migration ${fields} } }`,
    { id: migration.id },
  )
  expect(data).toEqual({ migrations: { nodes: [migration] }, node: migration })
})

test('migrations are filtered by status', async () => {
  await using api = await startTestApi()
  const draft = await createMigration(api.stores)
  await makeReady(api.stores, await createMigration(api.stores), 'passed')
  const { data } = await api.query(
    'query ($filter: MigrationFilter) { migrations(filter: $filter) { nodes { shortId } } }',
    { filter: { statuses: ['DRAFT', 'FAILED'] } },
  )
  expect(data).toEqual({ migrations: { nodes: [{ shortId: draft.shortId }] } })
})

test('an id that is unknown is null to a query, and a typed error to a mutation', async () => {
  await using api = await startTestApi()
  expect(await api.query('{ migration(id: "m-9999") { id } }')).toEqual({
    status: 200,
    data: { migration: null },
  })
  expect(await api.mutate('verifyMigration', { id: 'm-9999' }, 'migration { id }')).toMatchObject({
    __typename: 'NotFoundError',
    code: 'NOT_FOUND',
  })
  expect(await api.mutate('verifyMigration', { id: 'nonsense' }, 'migration { id }')).toMatchObject({
    __typename: 'ValidationError',
    code: 'BAD_INPUT',
    field: 'id',
  })
})

test('a migration needs two endpoints that exist and differ, and something to move', async () => {
  await using api = await startTestApi()
  const { sourceId, targetId } = await createEndpoints(api)
  const unknown = '01890a5d-ac96-774b-bcce-b302099a8057'
  const create = (input: object) =>
    api.mutate('createMigration', { sourceId, targetId, ...input }, 'migration { id }')
  expect(await create({ targetId: sourceId })).toMatchObject({
    __typename: 'ValidationError',
    code: 'SAME_ENDPOINT',
  })
  expect(await create({ targetId: unknown })).toMatchObject({ __typename: 'NotFoundError' })
  expect(await create({ targetId: 'm-7f3k' })).toMatchObject({
    __typename: 'ValidationError',
    field: 'targetId',
  })
  expect(await create({ kind: { structure: false, fullCopy: false, incremental: false } })).toMatchObject({
    __typename: 'ValidationError',
  })
  expect(await create({ name: ' ' })).toMatchObject({ __typename: 'ValidationError' })
  expect(await create({ selection: { include: [{ schema: '' }] } })).toMatchObject({
    __typename: 'ValidationError',
  })
  expect((await api.query('{ migrations { nodes { id } } }')).data).toEqual({ migrations: { nodes: [] } })
})

test('a repeated createMigration makes one migration', async () => {
  await using api = await startTestApi()
  const input = { ...(await createEndpoints(api)), idempotencyKey: 'key-1' }
  const first = await api.mutate('createMigration', input, 'migration { id }')
  expect(await api.mutate('createMigration', input, 'migration { id }')).toEqual(first)
})

test('an action moves the migration, and says so in its events and in the audit log', async () => {
  await using api = await startTestApi()
  const { shortId: id } = await createMigration(api.stores)
  expect(
    await api.mutate(
      'verifyMigration',
      { id, expectedVersion: 1 },
      'migration { status version availableActions }',
    ),
  ).toEqual({
    __typename: 'VerifyMigrationPayload',
    migration: { status: 'VERIFYING', version: 2, availableActions: ['CANCEL'] },
  })
  const { data } = await api.query(
    `query ($id: ID!) {
      migration(id: $id) { events { nodes { sequence type payload actor { kind name } migration { shortId } } } }
      auditLog(first: 1) { nodes { operation actor { name } details } }
    }`,
    { id },
  )
  expect(data).toMatchObject({
    migration: {
      events: {
        nodes: [
          { sequence: '1', type: 'MIGRATION_CREATED', migration: { shortId: id } },
          {
            sequence: '2',
            type: 'STATUS_CHANGED',
            payload: { from: 'DRAFT', to: 'VERIFYING' },
            actor: { kind: 'TOKEN', name: 'first admin' },
          },
        ],
      },
    },
    auditLog: {
      nodes: [{ operation: 'migration.verify', actor: { name: 'first admin' }, details: { from: 'DRAFT' } }],
    },
  })
})

test('a repeated action is done once', async () => {
  await using api = await startTestApi()
  const { shortId: id } = await createMigration(api.stores)
  const verify = () => api.mutate('verifyMigration', { id, idempotencyKey: 'key-1' }, 'migration { version }')
  const first = await verify()
  expect(await verify()).toEqual(first)
})

test('an action that the status does not allow says what is possible', async () => {
  await using api = await startTestApi()
  const { shortId: id } = await createMigration(api.stores)
  const { data } = await api.query(
    `mutation ($id: ID!) {
      pauseMigration(input: { id: $id }) {
        ... on UserError { code }
        ... on IllegalActionError { status availableActions }
      }
    }`,
    { id },
  )
  expect(data).toEqual({
    pauseMigration: {
      code: 'ILLEGAL_ACTION',
      status: 'DRAFT',
      availableActions: ['VERIFY', 'EDIT', 'CANCEL'],
    },
  })
})

test('an action on a stale version is refused with the current one', async () => {
  await using api = await startTestApi()
  const { shortId: id } = await createMigration(api.stores)
  const { data } = await api.query(
    `mutation ($id: ID!) {
      cancelMigration(input: { id: $id, expectedVersion: 7 }) {
        ... on UserError { code }
        ... on StaleVersionError { currentVersion }
      }
    }`,
    { id },
  )
  expect(data).toEqual({ cancelMigration: { code: 'STALE_VERSION', currentVersion: 1 } })
})

test('warnings of verify have to be accepted to start', async () => {
  await using api = await startTestApi()
  const migration = await createMigration(api.stores)
  await makeReady(api.stores, migration, 'passed', 'warning')
  const start = (input: object) =>
    api.mutate(
      'startMigration',
      { id: migration.shortId, ...input },
      'migration { status } } ... on ConfirmationRequiredError { argument',
    )
  expect(await start({})).toMatchObject({
    __typename: 'ConfirmationRequiredError',
    code: 'WARNINGS_NOT_ACCEPTED',
    argument: 'acceptWarnings',
  })
  expect(await start({ acceptWarnings: true })).toEqual({
    __typename: 'StartMigrationPayload',
    migration: { status: 'QUEUED' },
  })
})

test('pause, resume and cancel move a running migration', async () => {
  await using api = await startTestApi()
  const { migration } = await makeRunning(api.stores)
  const status = async (name: string) => {
    const answer = await api.mutate<{ migration: { status: string } }>(
      name,
      { id: migration.shortId },
      'migration { status }',
    )
    return answer.migration.status
  }
  expect(await status('pauseMigration')).toBe('PAUSED')
  expect(await status('resumeMigration')).toBe('QUEUED')
  expect(await status('cancelMigration')).toBe('CANCELLING')
})

test('a failed migration shows its problem as a blocker, and is retried', async () => {
  await using api = await startTestApi()
  const { migration, lease } = await makeRunning(api.stores)
  await api.stores.runs.report(lease, 'FAILED', {
    problem: { code: 'SLOT_LOST', message: 'The slot is gone.', remedy: 'Start anew.' },
  })
  const { data } = await api.query(
    `query ($id: ID!) {
      migration(id: $id) { status availableActions problem { code } blockers { kind code message remedy until } }
    }`,
    { id: migration.shortId },
  )
  expect(data).toEqual({
    migration: {
      status: 'FAILED',
      availableActions: ['RETRY', 'CANCEL'],
      problem: { code: 'SLOT_LOST' },
      blockers: [
        {
          kind: 'PROBLEM',
          code: 'SLOT_LOST',
          message: 'The slot is gone.',
          remedy: 'Start anew.',
          until: null,
        },
      ],
    },
  })
  expect(
    await api.mutate('retryMigration', { id: migration.id }, 'migration { status problem { code } }'),
  ).toMatchObject({ migration: { status: 'QUEUED', problem: null } })
})

test('a repetition that waits is a blocker with its time', async () => {
  await using api = await startTestApi()
  const { migration, lease } = await makeRunning(api.stores)
  await api.stores.runs.saveRetry(lease, {
    error: { code: 'CONNECTION_LOST', message: 'Gone.', remedy: 'Wait.' },
    delayMs: 60_000,
  })
  const { data } = await api.query<{ migration: { nextAttemptAt: string } }>(
    'query ($id: ID!) { migration(id: $id) { nextAttemptAt blockers { kind until } } }',
    { id: migration.id },
  )
  expect(data?.migration).toEqual({
    nextAttemptAt: expect.stringMatching(/Z$/),
    blockers: [{ kind: 'WAITING_FOR_RETRY', until: data?.migration.nextAttemptAt }],
  })
})

test('failed checks of verify are blockers', async () => {
  await using api = await startTestApi()
  const migration = await createMigration(api.stores)
  await api.stores.migrations.act(
    { migrationId: migration.id, action: 'VERIFY' },
    { actor: { kind: 'system', id: 't', name: 't' } },
  )
  const lease = await claim(api.stores, migration.id)
  await api.stores.runs.saveVerifyReport(lease, verifyReport('passed', 'failed'))
  await api.stores.runs.report(lease, 'VERIFY_REFUSED')
  const { data } = await api.query(
    `query ($id: ID!) {
      migration(id: $id) {
        status
        blockers { kind message remedy }
        verifyReport { outcome checks { check outcome } failed: checks(outcome: FAILED) { check } startedAt }
      }
    }`,
    { id: migration.id },
  )
  expect(data).toEqual({
    migration: {
      status: 'VERIFY_FAILED',
      blockers: [{ kind: 'VERIFY_CHECK', message: 'Check 1: as found', remedy: 'mend it' }],
      verifyReport: {
        outcome: 'FAILED',
        checks: [
          { check: 'check-0', outcome: 'PASSED' },
          { check: 'check-1', outcome: 'FAILED' },
        ],
        failed: [{ check: 'check-1' }],
        startedAt: '2026-01-02T03:04:05.678Z',
      },
    },
  })
})
