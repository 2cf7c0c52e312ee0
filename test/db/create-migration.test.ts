import { v7 } from 'uuid'
import { expect, test } from 'vitest'
import { steps, wholeDatabase, type Kind, type NewMigration } from '../../engine/index.ts'
import { openControlDatabase } from '../../db/control-database.ts'
import { createMigration as createInStore } from '../../db/stores/create-migration.ts'
import { pino } from 'pino'
import { alice, connectionTo, createEndpoint, createMigration, openTestStores } from './fixtures.ts'

const everything: Kind = { structure: true, fullCopy: true, incremental: true }

test('a new migration is a draft at version 1, and can be found by either id', async () => {
  await using control = await openTestStores()
  const { migrations } = control.stores
  const selection = {
    include: [{ schema: 'shop' }, { schema: 'A "b".c', table: 'ü' }],
    exclude: [{ schema: 'shop', table: 'log' }],
  }
  const migration = await createMigration(control.stores, { name: 'move the shop', selection })
  expect(migration).toMatchObject({
    name: 'move the shop',
    kind: everything,
    selection,
    status: 'DRAFT',
    version: 1,
    problem: null,
    nextAttemptAt: null,
    startedAt: null,
    finishedAt: null,
    report: null,
  })
  expect(migration.shortId).toMatch(/^m-[2-9a-hjkmnp-z]{4}$/)
  expect(await migrations.find(migration.id)).toEqual(migration)
  expect(await migrations.find(migration.shortId)).toEqual(migration)
})

test('a migration without a name is named after its endpoints', async () => {
  await using control = await openTestStores()
  const source = await createEndpoint(control.stores, 'old')
  const target = await createEndpoint(control.stores, 'new')
  const migration = await control.stores.migrations.create(
    { sourceId: source.id, targetId: target.id, selection: wholeDatabase, kind: everything },
    alice,
  )
  expect(migration.name).toBe('old to new')
})

test('steps that the kind leaves out are skipped from the start, the others wait', async () => {
  await using control = await openTestStores()
  const kind = { structure: false, fullCopy: true, incremental: false }
  const { id } = await createMigration(control.stores, { kind })
  const states = await control.stores.migrations.steps(id)
  expect(states.map((state) => state.step)).toEqual(steps)
  expect(Object.fromEntries(states.map((state) => [state.step, state.status]))).toEqual({
    PREPARE: 'PENDING',
    STRUCTURE: 'SKIPPED',
    FULL_COPY: 'PENDING',
    INDEXES_AND_CONSTRAINTS: 'SKIPPED',
    INCREMENTAL: 'SKIPPED',
    FENCE: 'SKIPPED',
    DRAIN: 'SKIPPED',
    ALIGN: 'PENDING',
    COMPARE: 'PENDING',
    RELEASE: 'PENDING',
  })
})

test('slot and publication are named after the short id, in names that need no quotes', async () => {
  await using control = await openTestStores()
  const { shortId } = await createMigration(control.stores)
  const { rows } = await control.database.query(
    'select slot_name, publication_name from godwit_control.streams',
  )
  const name = `godwit_${shortId.replace('-', '_')}`
  expect(rows).toEqual([{ slot_name: name, publication_name: name }])
  expect(name).toMatch(/^[a-z0-9_]{1,63}$/)
})

test('a short id that is taken is drawn again', async () => {
  await using control = await openTestStores()
  await using database = openControlDatabase(control.database.url, pino({ level: 'silent' }))
  const source = await createEndpoint(control.stores, 'source')
  const target = await createEndpoint(control.stores, 'target')
  const input = { sourceId: source.id, targetId: target.id, selection: wholeDatabase, kind: everything }
  const drawn = ['m-aaaa', 'm-aaaa', 'm-aaaa', 'm-bbbb']
  const attempts: number[] = []
  const needs = {
    database,
    recall: async () => null,
    makeShortId: (attempt: number) => {
      attempts.push(attempt)
      return drawn.shift() ?? 'm-none'
    },
  }
  expect(await createInStore(needs, input, alice)).toMatchObject({ shortId: 'm-aaaa' })
  expect(await createInStore(needs, input, alice)).toMatchObject({ shortId: 'm-bbbb' })
  expect(attempts).toEqual([0, 0, 1, 2])
})

test('an endpoint that is not there is named with its role, and no migration is left', async () => {
  await using control = await openTestStores()
  const { id } = await createEndpoint(control.stores, 'shop')
  const create = (sourceId: string, targetId: string) =>
    control.stores.migrations.create(
      { sourceId, targetId, selection: wholeDatabase, kind: everything },
      alice,
    )
  await expect(create(v7(), id)).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining('source'),
  })
  await expect(create(id, 'nonsense')).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining('target'),
  })
  expect((await control.stores.migrations.list({}, {})).items).toEqual([])
})

test('a deleted endpoint cannot be used', async () => {
  await using control = await openTestStores()
  const source = await createEndpoint(control.stores, 'source')
  const target = await createEndpoint(control.stores, 'target')
  await control.stores.endpoints.delete(target.id, alice)
  await expect(
    control.stores.migrations.create(
      { sourceId: source.id, targetId: target.id, selection: wholeDatabase, kind: everything },
      alice,
    ),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('source and target must not be one endpoint', async () => {
  await using control = await openTestStores()
  const { id } = await createEndpoint(control.stores, 'shop')
  await expect(
    control.stores.migrations.create(
      { sourceId: id, targetId: id, selection: wholeDatabase, kind: everything },
      alice,
    ),
  ).rejects.toMatchObject({ code: 'SAME_ENDPOINT' })
})

test('two endpoints with the same host, port and database are the same database', async () => {
  await using control = await openTestStores()
  const { endpoints, migrations } = control.stores
  const connection = connectionTo('db.example')
  const one = await endpoints.create({ name: 'one', connection }, alice)
  const create = async (name: string, change: Partial<typeof connection>) => {
    const other = await endpoints.create({ name, connection: { ...connection, ...change } }, alice)
    return await migrations.create(
      { sourceId: one.id, targetId: other.id, selection: wholeDatabase, kind: everything },
      alice,
    )
  }
  await expect(create('same', { host: 'DB.example', user: 'other' })).rejects.toMatchObject({
    code: 'SAME_ENDPOINT',
  })
  expect(await create('other port', { port: 5433 })).toMatchObject({ status: 'DRAFT' })
  expect(await create('other database', { database: 'Shop' })).toMatchObject({ status: 'DRAFT' })
})

const nothing: Kind = { structure: false, fullCopy: false, incremental: false }
const badInputs: [string, Partial<NewMigration>][] = [
  ['kind', { kind: nothing }],
  ['name', { name: '' }],
  ['name', { name: 'a\0b' }],
  ['selection.include[0]', { selection: { include: [{ schema: '' }], exclude: [] } }],
  ['selection.include[0]', { selection: { include: [{ schema: 'half \ud800' }], exclude: [] } }],
  [
    'selection.exclude[1]',
    { selection: { include: [], exclude: [{ schema: 'a' }, { schema: 'a', table: '\0' }] } },
  ],
]

test.each(badInputs)('a bad %s is refused by its name', async (field, input) => {
  await using control = await openTestStores()
  await expect(createMigration(control.stores, input)).rejects.toMatchObject({
    code: 'BAD_INPUT',
    field,
    message: expect.stringContaining(field),
  })
  expect((await control.stores.migrations.list({}, {})).items).toEqual([])
})

test('an unknown id finds no migration, whatever it looks like', async () => {
  await using control = await openTestStores()
  for (const id of [v7(), 'm-zzzz', 'm-', 'nonsense', '', 'm-aaaa\0']) {
    expect(await control.stores.migrations.find(id)).toBeNull()
    expect(await control.stores.migrations.steps(id)).toEqual([])
    await expect(
      control.stores.migrations.act({ migrationId: id, action: 'VERIFY' }, alice),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
  }
})
