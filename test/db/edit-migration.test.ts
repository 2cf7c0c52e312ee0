import { expect, test } from 'vitest'
import { v7 } from 'uuid'
import type { ControlStores, Migration, MigrationChange } from '../../engine/index.ts'
import {
  alice,
  bob,
  claim,
  createEndpoint,
  createMigration,
  makeReady,
  makeRunning,
  openTestStores,
  rejectionOf,
  reread,
  verifyReport,
  waitForBlocked,
} from './fixtures.ts'

const rowsOnly = { structure: false, fullCopy: true, incremental: false }
const failure = { code: 'CONNECTION_LOST', message: 'The source is away.', remedy: 'Wait.' } as const

async function readHistory(stores: ControlStores, { id }: Migration, type: string) {
  const events = await stores.events.readMigration(id, 0n, 100)
  return events
    .filter((event) => event.type === type)
    .map(({ message, payload, actor }) => ({ message, payload, actor }))
}

test('name and tags change at any time, and nothing else does', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const { migration } = await makeRunning(stores)
  const change: MigrationChange = { migrationId: migration.shortId, name: 'Shop', tags: ['b', ' a ', 'b'] }
  const edited = await stores.migrations.update({ ...change, expectedVersion: migration.version }, bob)
  expect(edited).toEqual({ ...migration, name: 'Shop', tags: ['b', 'a'], version: migration.version + 1 })
  expect(await reread(stores, migration)).toEqual(edited)
  expect(await readHistory(stores, migration, 'MIGRATION_EDITED')).toEqual([
    {
      message: 'Changed: name, tags.',
      payload: { changed: ['name', 'tags'], from: 'RUNNING', to: 'RUNNING', version: edited.version },
      actor: bob.actor,
    },
  ])
  const [entry] = (await stores.audit.list({ first: 1 })).items
  expect(entry?.item).toMatchObject({
    operation: 'migration.update',
    subjectId: migration.id,
    actor: bob.actor,
    details: { changed: ['name', 'tags'] },
  })
})

test('a new name does not make the failure of a worker look overtaken', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const { migration, lease } = await makeRunning(stores)
  await stores.migrations.update({ migrationId: migration.id, name: 'Shop' }, alice)
  await stores.runs.saveRetry(lease, { error: failure, delayMs: 3_600_000 })
  expect((await reread(stores, migration)).problem).toMatchObject({ code: failure.code })
})

test('other endpoints, selection or kind make a draft of it, to be verified anew', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const ready = await makeReady(stores, await createMigration(stores), 'passed')
  const target = await createEndpoint(stores, 'other')
  const selection = { include: [{ schema: 'shop' }], exclude: [] }
  const change = { targetId: target.id.toUpperCase(), selection, kind: rowsOnly }
  const edited = await stores.migrations.update({ migrationId: ready.id, ...change }, alice)
  expect(edited).toMatchObject({
    status: 'DRAFT',
    version: ready.version + 1,
    name: ready.name,
    sourceId: ready.sourceId,
    targetId: target.id,
    selection,
    kind: rowsOnly,
  })
  expect(await stores.migrations.verifyReport(ready.id)).toBeNull()
  const steps = await stores.migrations.steps(ready.id)
  expect(steps.filter((step) => step.status === 'PENDING').map((step) => step.step)).toEqual([
    'PREPARE',
    'FULL_COPY',
    'ALIGN',
    'COMPARE',
    'RELEASE',
  ])
  const changed = ['targetId', 'selection', 'kind']
  const move = { from: 'READY', to: 'DRAFT', version: edited.version }
  expect(await readHistory(stores, ready, 'MIGRATION_EDITED')).toMatchObject([
    { payload: { changed, ...move } },
  ])
  expect((await readHistory(stores, ready, 'STATUS_CHANGED')).at(-1)).toMatchObject({
    payload: { action: 'EDIT', ...move },
  })
  await expect(
    stores.migrations.act({ migrationId: ready.id, action: 'START' }, alice),
  ).rejects.toMatchObject({ code: 'ILLEGAL_ACTION' })
})

test('an edit takes the schedule and the problem away', async () => {
  await using control = await openTestStores()
  const { stores, database } = control
  const ready = await makeReady(stores, await createMigration(stores), 'passed')
  await database.query(`
    update godwit_control.migrations
       set status = 'SCHEDULED', start_at = now() + interval '1 day', problem_code = 'CONNECTION_LOST',
           problem_message = 'away', problem_remedy = 'wait', problem_at = now()`)
  const edited = await stores.migrations.update({ migrationId: ready.id, kind: rowsOnly }, alice)
  expect(edited).toMatchObject({ status: 'DRAFT', problem: null })
  const { rows } = await database.query('select start_at from godwit_control.migrations')
  expect(rows).toEqual([{ start_at: null }])
})

test('what was verified of a scheduled migration is not taken for what it was edited to', async () => {
  await using control = await openTestStores()
  const { stores, database } = control
  const ready = await makeReady(stores, await createMigration(stores), 'passed')
  await database.query(`update godwit_control.migrations set status = 'SCHEDULED', start_at = now()`)
  const lease = await claim(stores, ready.id)
  await stores.runs.load(lease)
  await stores.migrations.update({ migrationId: ready.id, kind: rowsOnly }, alice)
  await stores.migrations.act({ migrationId: ready.id, action: 'VERIFY' }, alice)
  await expect(stores.runs.saveVerifyReport(lease, verifyReport('passed'))).rejects.toMatchObject({
    code: 'STALE_VERSION',
  })
  expect(await stores.migrations.verifyReport(ready.id)).toBeNull()
})

test('what is given as it is already changes nothing, in any status', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const { migration } = await makeRunning(stores)
  const { name, tags, sourceId, targetId, selection, kind } = migration
  const same = { migrationId: migration.id, name, tags, sourceId, targetId, selection, kind }
  expect(await stores.migrations.update(same, alice)).toEqual(migration)
  expect(await readHistory(stores, migration, 'MIGRATION_EDITED')).toEqual([])
})

test('after the start the settings stay, and the name with them', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const { migration } = await makeRunning(stores)
  await expect(
    stores.migrations.update({ migrationId: migration.id, name: 'Shop', kind: rowsOnly }, alice),
  ).rejects.toMatchObject({ code: 'ILLEGAL_ACTION', message: expect.stringContaining('EDIT') })
  expect(await reread(stores, migration)).toEqual(migration)
})

test('an edit is checked as a new migration is', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const draft = await createMigration(stores)
  const bad: readonly [object, object][] = [
    [{ name: ' ' }, { code: 'BAD_INPUT', field: 'name' }],
    [{ tags: ['ok', ' '] }, { code: 'BAD_INPUT', field: 'tags[1]' }],
    [
      { selection: { include: [{ schema: '' }], exclude: [] } },
      { code: 'BAD_INPUT', field: 'selection.include[0]' },
    ],
    [
      { kind: { structure: false, fullCopy: false, incremental: false } },
      { code: 'BAD_INPUT', field: 'kind' },
    ],
    [{ targetId: v7() }, { code: 'NOT_FOUND' }],
    [{ targetId: draft.sourceId }, { code: 'SAME_ENDPOINT' }],
    [{ expectedVersion: 9, name: 'x' }, { code: 'STALE_VERSION' }],
    [{ migrationId: 'm-zzzz', name: 'x' }, { code: 'NOT_FOUND' }],
  ]
  for (const [change, error] of bad) {
    await expect(stores.migrations.update({ migrationId: draft.id, ...change }, alice)).rejects.toMatchObject(
      error,
    )
  }
  expect(await reread(stores, draft)).toEqual(draft)
})

test('a repeated edit is made once', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const draft = await createMigration(stores)
  const context = { ...alice, idempotencyKey: 'key-1' }
  const change = { migrationId: draft.id, name: 'Shop', expectedVersion: 1 }
  const first = await stores.migrations.update(change, context)
  expect(await stores.migrations.update(change, context)).toEqual(first)
  await expect(stores.migrations.update({ ...change, name: 'Other' }, context)).rejects.toMatchObject({
    code: 'IDEMPOTENCY_KEY_REUSED',
  })
})

test.each([
  ['an edit', 'DRAFT'],
  ['a start', 'QUEUED'],
] as const)(
  'of an edit and a start of the same version %s comes first, and the other is stale',
  async (first, left) => {
    await using control = await openTestStores()
    await using other = await control.open()
    const { stores, database } = control
    const { id: migrationId, version } = await makeReady(stores, await createMigration(stores), 'passed')
    const edit = async () =>
      await stores.migrations.update({ migrationId, kind: rowsOnly, expectedVersion: version }, alice)
    const start = async () =>
      await other.migrations.act({ migrationId, action: 'START', expectedVersion: version }, bob)
    await using holder = await database.connect()
    await holder.query('begin')
    await holder.query('select from godwit_control.migrations for update')
    const one = rejectionOf(first === 'an edit' ? edit() : start())
    await waitForBlocked(database, 1)
    const two = rejectionOf(first === 'an edit' ? start() : edit())
    await waitForBlocked(database, 2)
    await holder.query('commit')
    expect(await one).toBeUndefined()
    expect(await two).toMatchObject({ code: 'STALE_VERSION' })
    const { status, kind } = await reread(stores, { id: migrationId })
    expect([status, kind.incremental]).toEqual([left, left === 'QUEUED'])
  },
)

test('an endpoint that an edit takes up cannot be deleted meanwhile, and one it lets go can', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const draft = await createMigration(stores)
  const target = await createEndpoint(stores, 'other')
  const results = await Promise.allSettled([
    stores.migrations.update({ migrationId: draft.id, targetId: target.id }, alice),
    stores.endpoints.delete(target.id, bob),
  ])
  const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []))
  expect(refused).toHaveLength(1)
  const { targetId } = await reread(stores, draft)
  expect([
    [draft.targetId, 'NOT_FOUND'],
    [target.id, 'IN_USE'],
  ]).toContainEqual([targetId, refused[0]])
  const free = targetId === target.id ? draft.targetId : null
  if (free !== null) await stores.endpoints.delete(free, alice)
})
