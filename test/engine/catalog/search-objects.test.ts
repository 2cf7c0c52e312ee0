import { expect, test } from 'vitest'
import { searchObjects } from '../../../engine/index.ts'
import { settingsOf } from '../../support/connection.ts'
import { createDatabase, createRole, type TestDatabase } from '../../support/servers.ts'
import { listen } from '../endpoint/listen.ts'

const never = new AbortController().signal

async function find(database: TestDatabase, text: string, limit = 20): Promise<string[]> {
  const found = await searchObjects(settingsOf(database), { text, limit }, never)
  return found.map(({ kind, schema, table }) =>
    kind === 'SCHEMA' ? schema : `${schema}.${table ?? 'nothing'}`,
  )
}

test.each(['source', 'target'] as const)('the best name comes first: %s', async (server) => {
  await using database = await createDatabase(server)
  await database.query(`
    create schema "Order";
    create schema reorders;
    create table public.orders (id int);
    create table public.order_lines (id int);
    create table public.old_orders (id int);
    create table "Order".notes (id int);
    create table public."100%_ORDER" (id int);
    create table public.customers (id int)`)
  expect(await find(database, 'oRDER')).toEqual([
    'Order',
    'public.order_lines',
    'public.orders',
    'Order.notes',
    'reorders',
    'public.100%_ORDER',
    'public.old_orders',
  ])
  expect(await find(database, ' orders ')).toEqual(['public.orders', 'reorders', 'public.old_orders'])
  expect(await find(database, 'public.ord')).toEqual(['public.order_lines', 'public.orders'])
  expect(await find(database, '%_o')).toEqual(['public.100%_ORDER'])
  expect(await find(database, 'nothing of the kind')).toEqual([])
  expect(await find(database, '', 4)).toEqual(['Order', 'public', 'reorders', 'Order.notes'])
})

test('only what a selection can name is found: no partitions, views, temporary tables or objects of others', async () => {
  await using database = await createDatabase('source')
  await database.query(`
    create table public.log (at int) partition by range (at);
    create table public.log_1 partition of public.log for values from (1) to (2);
    create view public.log_view as select 1;
    create materialized view public.log_summary as select 1;
    create sequence public.log_seq;
    create schema godwit create table logbook (id int)`)
  expect(await find(database, 'log')).toEqual(['public.log'])
  expect(await find(database, 'pg_')).toEqual([])
})

test('sizes are those of the statistics, of schemas and partitioned tables with all that they hold', async () => {
  await using database = await createDatabase('source')
  await database.query(`
    create schema shop;
    create table shop.orders (at int, text text) partition by range (at);
    create table shop.orders_1 partition of shop.orders for values from (1) to (2) partition by range (at);
    create table shop.orders_1_1 partition of shop.orders_1 for values from (1) to (2);
    create table shop.notes (text text);
    create table shop.fresh (id int);
    alter table shop.fresh set (autovacuum_enabled = off);
    alter table shop.notes alter text set storage external;
    insert into shop.orders select 1, repeat('x', 500) from generate_series(1, 1000);
    insert into shop.notes values (repeat('x', 1000000));
    insert into shop.fresh values (1)`)
  await database.query('vacuum analyze shop.orders_1_1, shop.notes')
  const found = await searchObjects(settingsOf(database), { text: 'shop', limit: 20 }, never)
  const sizes = new Map(found.map(({ table, sizeBytes }) => [table, sizeBytes]))
  expect([...sizes.keys()]).toEqual([null, 'fresh', 'notes', 'orders'])
  expect(sizes.get('fresh')).toBeNull()
  expect(sizes.get('orders')).toBeGreaterThan(500_000n)
  expect(sizes.get('notes')).toBeGreaterThan(1_000_000n)
  expect(sizes.get(null)).toBe(sizes.get('orders')! + sizes.get('notes')!)
})

test('nothing is waited for that has a table locked', async () => {
  await using database = await createDatabase('source')
  await database.query('create table public.busy (id int)')
  await using holder = await database.connect()
  await holder.query('begin')
  await holder.query('lock table public.busy')
  expect(await find(database, 'busy')).toEqual(['public.busy'])
})

test('whoever may connect may search', async () => {
  await using database = await createDatabase('source')
  await database.query('create schema hidden create table secrets (id int)')
  await using role = await createRole('source')
  const settings = { ...settingsOf(database), user: role.user, password: role.password }
  expect(await searchObjects(settings, { text: 'secrets', limit: 1 }, never)).toHaveLength(1)
})

test('a server that does not answer is given up', async () => {
  await using silent = await listen((socket) => socket.resume())
  const settings = { ...silent, database: 'd', user: 'u', password: 'p', tls: { mode: 'disable' as const } }
  await expect(searchObjects(settings, { text: '', limit: 1 }, never)).rejects.toMatchObject({
    code: 'ENDPOINT_UNREACHABLE',
    message: expect.stringContaining('did not answer within 2.5 s'),
  })
})

test('a search that nobody waits for any more ends at once', async () => {
  await using silent = await listen((socket) => socket.resume())
  const settings = { ...silent, database: 'd', user: 'u', password: 'p', tls: { mode: 'disable' as const } }
  const gone = new Error('gone')
  await expect(searchObjects(settings, { text: '', limit: 1 }, AbortSignal.abort(gone))).rejects.toBe(gone)
})
