/** What schemas and tables are to be called on the target, as the API takes and tells it. */
import { expect, test } from 'vitest'
import { readSelection } from '../../api/schema/migration/settings.ts'
import { createMigration, makeReady, makeRunning, reread } from '../db/fixtures.ts'
import { shareTestApi } from '../support/api.ts'

const rules = 'selection { include { schema } renames { schema table toSchema toTable } }'

interface Answer {
  readonly migration: { readonly shortId: string; readonly version: number; readonly selection: unknown }
}

const testApi = shareTestApi()

async function createEnds() {
  const { sourceId, targetId } = await createMigration(testApi().stores)
  return { sourceId, targetId }
}

async function create(selection: object): Promise<Answer> {
  const input = { ...(await createEnds()), selection }
  return await testApi().mutate<Answer>('createMigration', input, `migration { shortId version ${rules} }`)
}

const crm = { schema: 'public', toSchema: 'crm' }
const sales = { schema: 'public', table: 'orders', toSchema: 'crm', toTable: 'sales' }
const items = { schema: 'Shop 2', table: 'Ñames"', toTable: 'items' }
const told = [
  { schema: 'public', table: null, toSchema: 'crm', toTable: null },
  { schema: 'public', table: 'orders', toSchema: 'crm', toTable: 'sales' },
  { schema: 'Shop 2', table: 'Ñames"', toSchema: null, toTable: 'items' },
]

test('rules are given with a migration, go with its copies, and are changed with its selection', async () => {
  const api = testApi()
  const { migration } = await create({ renames: [crm, sales, items] })
  expect(migration.selection).toEqual({ include: [], renames: told })
  const { shortId: id } = migration
  expect((await reread(api.stores, { id })).selection.renames).toEqual([crm, sales, items])
  const copy = await api.mutate<Answer>('cloneMigration', { id }, `migration { ${rules} }`)
  expect(copy.migration.selection).toEqual({ include: [], renames: told })
  const selection = { include: [{ schema: 'public' }], renames: [{ ...crm, table: null, toTable: null }] }
  const edited = await api.mutate<Answer>('updateMigration', { id, selection }, `migration { ${rules} }`)
  expect(edited.migration.selection).toEqual({
    include: [{ schema: 'public' }],
    renames: [{ ...crm, table: null, toTable: null }],
  })
  const cleared = await api.mutate<Answer>(
    'updateMigration',
    { id, selection: {} },
    `migration { ${rules} events { nodes { message } } }`,
  )
  expect(cleared.migration).toMatchObject({
    selection: { include: [], renames: [] },
    events: { nodes: expect.arrayContaining([{ message: 'Changed: selection.' }]) },
  })
})

test('another name alone makes a draft of it again, which has to be verified', async () => {
  const api = testApi()
  const { migration } = await create({ renames: [crm] })
  const { shortId: id } = migration
  const edit = (renames: object[]) =>
    api.mutate(
      'updateMigration',
      { id, selection: { renames } },
      'migration { status verifyReport { outcome } }',
    )
  await makeReady(api.stores, await reread(api.stores, { id }), 'passed')
  expect(await edit([crm])).toMatchObject({ migration: { status: 'READY', verifyReport: {} } })
  expect(await edit([{ ...crm, toSchema: 'shop' }])).toMatchObject({
    migration: { status: 'DRAFT', verifyReport: null },
  })
})

test('a migration without rules has an empty list, and another empty one is no change', async () => {
  const api = testApi()
  const before = await makeReady(api.stores, await createMigration(api.stores), 'passed')
  // As rows were stored when there were no rules.
  expect(before.selection).not.toHaveProperty('renames')
  const { shortId: id, selection } = before
  const { data } = await api.query(`query ($id: ID!) { migration(id: $id) { ${rules} } }`, { id })
  expect(data).toEqual({ migration: { selection: { include: [], renames: [] } } })
  const same = await api.mutate('updateMigration', { id, selection: { renames: [] } }, 'migration { status }')
  expect(same).toMatchObject({ migration: { status: 'READY' } })
  const change = { migrationId: before.id, selection: { ...selection, renames: [] } }
  const actor = { kind: 'system', id: 'test', name: 'test' } as const
  expect(await api.stores.migrations.update(change, { actor })).toEqual(before)
})

test('an empty list of rules makes the request that is made without one', () => {
  expect(readSelection({ renames: [] })).toStrictEqual({ include: [], exclude: [] })
})

test('what a rule cannot say is refused, at the rule', async () => {
  const api = testApi()
  const ends = await createEnds()
  const { shortId: id } = await createMigration(api.stores)
  const wrong: readonly [object, string][] = [
    [{ schema: 'shop' }, 'is given no other name'],
    [{ schema: 'shop', toTable: 'x' }, 'cannot become a table'],
    [{ schema: 'shop', toSchema: 'shop' }, 'has this name already'],
    [{ schema: 'shop', table: '', toTable: 'x' }, 'the name of the table is empty'],
    [{ schema: 'shop', toSchema: '' }, 'the name of the schema is empty'],
    [{ schema: 'shop', toSchema: 'pg_new' }, 'belongs to the server'],
    [{ schema: 'shop', toSchema: 'é'.repeat(32) }, 'longer than the 63 bytes'],
    [{ schema: 'shop', table: 'a\0', toTable: 'b' }, 'NUL'],
    [{ schema: 'x'.repeat(256), toSchema: 'y' }, 'longer than 255 characters'],
    [crm, 'is named twice'],
  ]
  for (const [rule, why] of wrong) {
    const selection = { renames: [crm, rule] }
    const refused = {
      __typename: 'ValidationError',
      code: 'BAD_INPUT',
      field: 'selection.renames[1]',
      message: expect.stringContaining(why),
      remedy: expect.stringMatching(/\w/),
    }
    const fields = 'migration { version }'
    expect(await api.mutate('createMigration', { ...ends, selection }, fields)).toMatchObject(refused)
    expect(await api.mutate('updateMigration', { id, selection }, fields)).toMatchObject(refused)
  }
  expect(await reread(api.stores, { id })).toMatchObject({ version: 1 })
})

test('each table tells what it is called on the target', async () => {
  const api = testApi()
  const { migration, lease } = await makeRunning(api.stores)
  const { stores, database } = api
  await stores.runs.saveTables(lease, [tableOf('orders'), tableOf('customers'), tableOf('log', 'audit')])
  const renames = JSON.stringify([crm, sales])
  await database.query(
    `update godwit_control.migrations set selection = jsonb_set(selection, '{renames}', $1) where id = $2`,
    [renames, migration.id],
  )
  const { data } = await api.query(
    'query ($id: ID!) { migration(id: $id) { tables { nodes { schema table nameOnTarget { schema table } } } } }',
    { id: migration.shortId },
  )
  expect(data).toEqual({
    migration: {
      tables: {
        nodes: [
          { schema: 'audit', table: 'log', nameOnTarget: { schema: 'audit', table: 'log' } },
          { schema: 'public', table: 'customers', nameOnTarget: { schema: 'crm', table: 'customers' } },
          { schema: 'public', table: 'orders', nameOnTarget: { schema: 'crm', table: 'sales' } },
        ],
      },
    },
  })
})

function tableOf(table: string, schema = 'public') {
  const sizes = { estimatedRows: null, sizeBytes: 0n, copiedRows: 0n, copiedBytes: 0n }
  return { schema, table, status: 'PENDING', ...sizes } as const
}
