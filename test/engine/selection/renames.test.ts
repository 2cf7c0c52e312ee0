import { expect, test } from 'vitest'
import {
  checkRenames,
  type RenameRule,
  resolveSelection,
  type SelectionRule,
} from '../../../engine/selection/index.ts'
import { createDatabase, type TestDatabase } from '../../support/servers.ts'

async function createShop(): Promise<TestDatabase> {
  const db = await createDatabase('source')
  await db.query(`
    create schema shop; create schema archive;
    create table public.notes (id serial primary key);
    create table shop.orders (id bigint generated always as identity primary key, number int);
    create sequence shop.numbers; alter table shop.orders alter number set default nextval('shop.numbers');
    create table shop.events (id int, at date) partition by range (at);
    create table shop.events_old partition of shop.events for values from ('2020-01-01') to ('2021-01-01');
    create table archive.letters (id serial);
    create function shop.total() returns int language sql as 'select 1'`)
  return db
}

async function resolve(
  db: TestDatabase,
  renames: readonly RenameRule[],
  include: readonly SelectionRule[] = [],
) {
  await using client = await db.connect()
  const selected = await resolveSelection(client, { include, exclude: [], renames })
  await checkRenames(client, selected)
  return selected
}

/** `name on the source > name on the target`, of what is called otherwise there. */
async function renamed(db: TestDatabase, renames: readonly RenameRule[]): Promise<string[]> {
  const { tables, sequences } = await resolve(db, renames)
  return [...tables, ...sequences]
    .filter(({ schema, name, target }) => schema !== target.schema || name !== target.name)
    .map(({ schema, name, target }) => `${schema}.${name} > ${target.schema}.${target.name}`)
}

test('a schema takes all that is in it', async () => {
  await using db = await createShop()
  expect(await renamed(db, [{ schema: 'shop', toSchema: 'Store' }])).toEqual([
    'shop.events > Store.events',
    'shop.events_old > Store.events_old',
    'shop.orders > Store.orders',
    'shop.numbers > Store.numbers',
    'shop.orders_id_seq > Store.orders_id_seq',
  ])
})

test('a table takes the sequences that it owns, under their names, and no others', async () => {
  await using db = await createShop()
  const rule = { schema: 'shop', table: 'orders', toSchema: 'public', toTable: 'sales' }
  expect(await renamed(db, [rule])).toEqual([
    'shop.orders > public.sales',
    'shop.orders_id_seq > public.orders_id_seq',
  ])
})

test('the rule of a table counts before that of its schema', async () => {
  await using db = await createShop()
  const renames = [
    { schema: 'shop', toSchema: 'store' },
    { schema: 'shop', table: 'orders', toTable: 'sales' },
    { schema: 'shop', table: 'events', toSchema: 'shop' },
  ]
  expect(await renamed(db, renames)).toEqual([
    'shop.events_old > store.events_old',
    'shop.orders > store.sales',
    'shop.numbers > store.numbers',
    'shop.orders_id_seq > store.orders_id_seq',
  ])
})

test('two tables may take the name of the other', async () => {
  await using db = await createShop()
  const renames = [
    { schema: 'shop', table: 'orders', toTable: 'events' },
    { schema: 'shop', table: 'events', toTable: 'orders' },
  ]
  expect(await renamed(db, renames)).toEqual(['shop.events > shop.orders', 'shop.orders > shop.events'])
})

test('what else is in a schema goes by the rule of the schema', async () => {
  await using db = await createShop()
  const { nameOnTarget } = await resolve(db, [{ schema: 'shop', toSchema: 'store' }])
  expect(nameOnTarget({ schema: 'shop', name: 'total' })).toEqual({ schema: 'store', name: 'total' })
  expect(nameOnTarget({ schema: 'public', name: 'total' })).toEqual({ schema: 'public', name: 'total' })
})

test.each([
  {
    why: 'a schema that is not there',
    rule: { schema: 'gone', toSchema: 'x' },
    message: 'schema "gone" is not',
  },
  {
    why: 'a table that is not selected',
    rule: { schema: 'public', table: 'notes', toTable: 'x' },
    message: 'selection.renames[0]: table "public"."notes" is not among the selected tables',
  },
  {
    why: 'a schema under the name of another',
    rule: { schema: 'shop', toSchema: 'archive' },
    message: 'renames[0]: schema "archive" has selected tables of its own, such as table "archive"."letters"',
  },
  {
    why: 'two objects under one name',
    rule: { schema: 'archive', table: 'letters', toSchema: 'shop', toTable: 'orders' },
    message: '"archive"."letters" and "shop"."orders" would both be "shop"."orders" on the target',
  },
  {
    why: 'a table under the name of a sequence',
    rule: { schema: 'shop', table: 'events', toTable: 'numbers' },
    message: 'would both be "shop"."numbers" on the target',
  },
])('$why is refused', async ({ rule, message }) => {
  await using db = await createShop()
  const include = [{ schema: 'shop' }, { schema: 'archive' }]
  await expect(resolve(db, [rule], include)).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringContaining(message),
  })
})

test('what is renamed may go away later, and a function get its name', async () => {
  await using db = await createShop()
  await db.query(
    'drop table archive.letters; create function archive.letters() returns int language sql as $$ select 1 $$',
  )
  await using client = await db.connect()
  const renames = [{ schema: 'archive', table: 'letters', toTable: 'mail' }]
  await expect(resolveSelection(client, { include: [], exclude: [], renames })).resolves.toMatchObject({
    renames,
  })
  await expect(resolve(db, renames)).rejects.toThrow(
    'table "archive"."letters" is not among the selected tables',
  )
})

test('a table that has the name of a collation is not renamed', async () => {
  await using db = await createShop()
  await db.query('create table shop.german (id int); create collation shop.german from "C"')
  await expect(resolve(db, [{ schema: 'shop', table: 'german', toTable: 'sum' }])).rejects.toThrow(
    'table "shop"."german" has the name of a function, a collation or the like',
  )
})

test('a table that has the name of a function is not renamed', async () => {
  await using db = await createShop()
  await db.query('create table shop.total (id int)')
  const renames = [
    { schema: 'shop', table: 'orders', toTable: 'sales' },
    { schema: 'shop', table: 'total', toTable: 'sum' },
  ]
  await expect(resolve(db, renames)).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringContaining('selection.renames[1]: table "shop"."total" has the name of a function'),
  })
  await expect(resolve(db, [{ schema: 'shop', toSchema: 'store' }])).resolves.toBeDefined()
})
