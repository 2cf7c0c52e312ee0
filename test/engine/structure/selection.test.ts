import { expect, test } from 'vitest'
import type { Selection } from '../../../engine/selection/index.ts'
import { createDatabase, createRole, type TestDatabase } from '../../support/servers.ts'
import { listStructure, restoreAll, takeOverTarget } from './support.ts'

const shopSchema = `
  create schema shop; create schema common; create schema archive; create schema "Od.d ""* x";
  create extension hstore with schema common;
  create type common.mood as enum ('good', 'bad');
  create function common.default_mood() returns common.mood language sql as $$ select 'good'::common.mood $$;
  create function common.unrelated() returns int language sql as 'select 1';
  create table common.other (id int);
  create table shop.customers (id int primary key, mood common.mood default common.default_mood(), extra common.hstore);
  create table shop.orders (id serial primary key, customer_id int references shop.customers (id));
  create table shop.events (id int, at date) partition by range (at);
  create table archive.events_old partition of shop.events for values from ('2020-01-01') to ('2021-01-01');
  create index events_id on shop.events (id);
  alter table shop.events add primary key (id, at);
  create table archive.letters (id int primary key, order_id int references shop.orders (id));
  create view shop.names as select id from shop.customers;
  create view shop.both as select o.id from shop.orders o join shop.customers c on c.id = o.customer_id;
  create view shop.over_both as select * from shop.both;
  create function shop.of_order(shop.orders) returns int language sql as 'select 1';
  create function shop.touch() returns trigger language plpgsql as 'begin return new; end';
  create trigger touch before insert on shop.orders for each row execute function shop.touch();
  create rule copy as on insert to shop.customers do also insert into shop.orders (customer_id) values (new.id);
  comment on table shop.orders is 'orders'; comment on table shop.customers is 'customers';
  create cast (common.mood as int) with inout;
  create table "Od.d ""* x"."Ta|ble.*" (id int)`

async function move(
  selection: Partial<Selection>,
  prepare = '',
): Promise<{ list: string[]; warnings: string[] }> {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query(shopSchema + (prepare && `; ${prepare}`))
  const guard = await takeOverTarget(target)
  const warnings = await restoreAll({
    source,
    target,
    guard,
    selection: { include: [], exclude: [], ...selection },
  })
  return { list: await listUserStructure(target), warnings }
}

async function listUserStructure(db: TestDatabase): Promise<string[]> {
  return (await listStructure(db)).sort()
}

test('a schema brings its partitions and types from elsewhere, and nothing else of there', async () => {
  const { list, warnings } = await move({ include: [{ schema: 'shop' }], exclude: [{ schema: 'archive' }] })
  expect(warnings).toEqual([])
  expect(list).toEqual(
    [
      'CAST CAST ("common"."mood" AS integer)',
      'COMMENT EXTENSION "hstore"',
      'COMMENT shop.TABLE "customers"',
      'COMMENT shop.TABLE "orders"',
      'CONSTRAINT archive.events_old events_old_pkey',
      'CONSTRAINT shop.customers customers_pkey',
      'CONSTRAINT shop.events events_pkey',
      'CONSTRAINT shop.orders orders_pkey',
      'DEFAULT shop.orders id',
      'EXTENSION hstore',
      'FK CONSTRAINT shop.orders orders_customer_id_fkey',
      'FUNCTION common.default_mood()',
      'FUNCTION shop.of_order("shop"."orders")',
      'FUNCTION shop.touch()',
      'INDEX ATTACH archive.events_old_id_idx',
      'INDEX ATTACH archive.events_old_pkey',
      'INDEX archive.events_old_id_idx',
      'INDEX shop.events_id',
      'RULE shop.customers copy',
      'SCHEMA archive',
      'SCHEMA common',
      'SCHEMA shop',
      'SEQUENCE OWNED BY shop.orders_id_seq',
      'SEQUENCE shop.orders_id_seq',
      'TABLE ATTACH archive.events_old',
      'TABLE archive.events_old',
      'TABLE shop.customers',
      'TABLE shop.events',
      'TABLE shop.orders',
      'TRIGGER shop.orders touch',
      'TYPE common.mood',
      'VIEW shop.both',
      'VIEW shop.names',
      'VIEW shop.over_both',
    ].sort(),
  )
})

test('a table comes without what needs tables that are not selected, and that is said', async () => {
  const { list, warnings } = await move({ include: [{ schema: 'shop', table: 'customers' }] })
  expect(list).toEqual(
    [
      'CAST CAST ("common"."mood" AS integer)',
      'COMMENT EXTENSION "hstore"',
      'COMMENT shop.TABLE "customers"',
      'CONSTRAINT shop.customers customers_pkey',
      'EXTENSION hstore',
      'FUNCTION common.default_mood()',
      'FUNCTION shop.touch()',
      'SCHEMA common',
      'SCHEMA shop',
      'TABLE shop.customers',
      'TYPE common.mood',
      'VIEW shop.names',
    ].sort(),
  )
  const because = 'it depends on "shop"."orders", which is not selected.'
  expect(warnings.sort()).toEqual([
    `FUNCTION shop.of_order("shop"."orders") is left out: ${because}`,
    `RULE shop.customers copy is left out: ${because}`,
    `VIEW shop.both is left out: ${because}`,
    `VIEW shop.over_both is left out: ${because}`,
  ])
})

test('a foreign key to a table that is not selected is left out, and that is said', async () => {
  const { list, warnings } = await move({ include: [{ schema: 'archive' }] })
  expect(list).toEqual(['CONSTRAINT archive.letters letters_pkey', 'SCHEMA archive', 'TABLE archive.letters'])
  expect(warnings).toEqual([
    'FK CONSTRAINT archive.letters letters_order_id_fkey is left out: it depends on "shop"."orders", which is not selected.',
  ])
})

test('excluded tables stay away with all that belongs to them', async () => {
  const exclude = [
    { schema: 'shop', table: 'events' },
    { schema: 'shop', table: 'orders' },
  ]
  const { list } = await move({ exclude })
  expect(list.filter((entry) => /events|orders|both/.test(entry))).toEqual([])
  expect(list).toContain('TABLE archive.letters')
  expect(list).toContain('TABLE common.other')
})

test('a sequence that is needed comes without its owner that is not selected', async () => {
  const { list } = await move(
    { include: [{ schema: 'shop', table: 'borrower' }] },
    `create table shop.borrower (id int default nextval('shop.orders_id_seq'))`,
  )
  expect(list).toContain('SEQUENCE shop.orders_id_seq')
  expect(list).toContain('TABLE shop.borrower')
  expect(list).not.toContain('SEQUENCE OWNED BY shop.orders_id_seq')
})

test('names that look like patterns are taken as they are', async () => {
  const rule = { schema: 'Od.d "* x', table: 'Ta|ble.*' }
  const { list } = await move({ include: [rule] })
  expect(list).toEqual([`SCHEMA ${rule.schema}`, `TABLE ${rule.schema}.${rule.table}`])
})

test('schemas that are not selected need no privileges', async () => {
  await using role = await createRole('source')
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query(`
    create schema mine; create table mine.t (id int); create schema secret; create table secret.t (id int);
    create view secret.v as select * from secret.t; create sequence secret.s;
    grant usage on schema mine to ${role.user}; grant select on mine.t to ${role.user}`)
  const guard = await takeOverTarget(target)
  await restoreAll({
    source: { ...source, ...role },
    target,
    guard,
    selection: { include: [{ schema: 'mine' }], exclude: [] },
  })
  expect(await listUserStructure(target)).toEqual(['SCHEMA mine', 'TABLE mine.t'])
})
