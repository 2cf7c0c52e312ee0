import { expect, test } from 'vitest'
import type { RenameRule } from '../../../engine/index.ts'
import { createDatabase, type TestDatabase } from '../../support/servers.ts'
import { problemsOf, resultOf, verify } from './verify-support.ts'

async function findText(source: TestDatabase, ...renames: RenameRule[]) {
  await using target = await createDatabase('target')
  const report = await verify(source, target, { selection: { include: [], exclude: [], renames } })
  expect(problemsOf(report).filter((name) => !name.startsWith('renamed-'))).toEqual([])
  return resultOf(report, 'renamed-text')
}

async function createShop(): Promise<TestDatabase> {
  const db = await createDatabase('source')
  await db.query(`
    create schema shop; create table shop.orders (id serial primary key); create table shop.notes (id int primary key);
    create schema "Shop+"; create table "Shop+"."Letters" (id int primary key)`)
  return db
}

/** Of bodies that each become a function of shop, the names of those that are found. */
async function findBodies(bodies: Readonly<Record<string, string>>, ...renames: RenameRule[]) {
  await using source = await createShop()
  for (const [name, body] of Object.entries(bodies)) {
    await source.query(
      `create function shop.${name}() returns void language plpgsql as $body$ begin ${body}; end $body$`,
    )
  }
  const { detail } = await findText(source, ...renames)
  return Object.keys(bodies).filter((name) => detail.includes(`shop.${name}()`))
}

const shopToStore = { schema: 'shop', toSchema: 'store' }

test('finds a schema that is named before a dot or in a search_path', async () => {
  const found = {
    plain: 'perform id from shop.orders',
    capitals: 'perform id from SHOP . Orders',
    in_quotes: 'perform id from "shop"."orders"',
    constant: `perform 'shop.orders'::regclass`,
    path: 'set local search_path = pg_catalog, shop',
    path_of_call: `perform set_config('search_path', 'shop', true)`,
  }
  const others = {
    other_name: 'perform id from workshop.orders',
    longer: 'perform id from shop_two.orders',
    no_qualifier: `perform 'the shop'`,
    other_path: `perform set_config('search_path', 'shops', true)`,
    only_table: 'perform id from orders',
  }
  expect(await findBodies({ ...found, ...others }, shopToStore)).toEqual(Object.keys(found))
})

test('finds a schema whose name needs quotes only as it is written', async () => {
  const found = {
    in_quotes: 'perform id from "Shop+"."Letters"',
    path: `set local search_path = 'Shop+'`,
  }
  const others = {
    other_case: 'perform id from "shop+"."Letters"',
    other_name: 'perform id from "Shopp"."Letters"',
    plain: 'perform id from shop.orders',
  }
  const rule = { schema: 'Shop+', toSchema: 'store' }
  expect(await findBodies({ ...found, ...others }, rule)).toEqual(Object.keys(found))
})

test('finds a table with a name of its own, and the sequence that goes with it, as words', async () => {
  const found = {
    plain: 'perform id from Orders',
    qualified: 'perform id from shop.orders',
    sequence: `perform nextval('orders_id_seq')`,
    last_word: 'delete from "Letters"',
  }
  const others = {
    longer: 'perform id from orders_old',
    other_table: 'perform id from shop.notes',
    other_case: 'delete from letters',
  }
  const rules = [
    { schema: 'shop', table: 'orders', toSchema: 'public', toTable: 'sales' },
    { schema: 'Shop+', table: 'Letters', toTable: 'mail' },
  ]
  expect(await findBodies({ ...found, ...others }, ...rules)).toEqual(Object.keys(found))
})

test('a table that stays while its schema is renamed is not looked for', async () => {
  const bodies = { staying: 'perform id from notes', going: 'perform id from orders' }
  const rules = [
    shopToStore,
    { schema: 'shop', table: 'notes', toSchema: 'shop' },
    { schema: 'shop', table: 'orders', toSchema: 'public' },
  ]
  expect(await findBodies(bodies, ...rules)).toEqual(['going'])
})

test('finds the text of a routine in SQL', async () => {
  await using source = await createShop()
  await source.query(`
    create function shop.counted() returns bigint language sql as 'select count(*) from shop.orders'`)
  expect((await findText(source, shopToStore)).detail).toMatch(/: 1 routine: shop.counted\(\)\.$/)
})

test('finds the search_path that a routine sets, by whatever language', async () => {
  await using source = await createShop()
  await source.query(`
    create function shop.f(int) returns int language sql set search_path = shop, pg_temp as 'select 1';
    create procedure shop.p() language plpgsql set search_path = workshop as 'begin end';
    create function shop.lower(text) returns text language internal set search_path = 'shop' as 'lower'`)
  const result = await findText(source, shopToStore)
  expect(result).toMatchObject({
    outcome: 'warning',
    detail: expect.stringMatching(/: 2 routines: shop.f\(integer\), shop.lower\(text\)\.$/),
  })
})

test('finds defaults that name a sequence as plain text, not those that the server knows of', async () => {
  await using source = await createShop()
  await source.query(`
    create sequence shop.numbers;
    alter table shop.notes
      add known int default nextval('shop.numbers'), add late int default nextval('shop.numbers'::text),
      add joined text default nextval('shop.numbers') || 'it''s' || 'shop.', add "quoted'" text default 'no';
    create function shop.next() returns int language sql as 'select 1';
    alter table shop.notes add called int default shop.next()`)
  const result = await findText(source, shopToStore)
  expect(result).toMatchObject({
    outcome: 'warning',
    detail: expect.stringMatching(/: 2 defaults: shop.notes.joined, shop.notes.late\.$/),
  })
})

test('finds names in the constants of triggers, views, checks, domains, policies and arrays, not in their queries', async () => {
  await using source = await createShop()
  await source.query(`
    create function public.audit() returns trigger language plpgsql as 'begin return new; end';
    create trigger told after insert on shop.orders for each row execute procedure public.audit('shop.orders');
    create trigger plain after insert on shop.orders for each row execute procedure public.audit('orders');
    create view shop.told as select 'it''s shop.orders'::text as t from shop.orders;
    create view shop.plain as select o.id, 'shop.orders'::regclass as r from shop.orders o;
    create materialized view shop.kept as select to_regclass('shop.orders') is null as gone;
    alter table shop.notes add kind text constraint told check (kind <> 'shop.orders'),
      add constraint plain check (id > 0), add list regclass[] default '{shop.orders}'::regclass[];
    create domain shop.told_by as text check (value <> 'shop.orders');
    create domain shop.short as text check (value <> 'shop');
    create policy told on shop.notes using (kind = 'shop.orders');
    create policy plain on shop.notes using (id in (select id from shop.orders))`)
  const { detail } = await findText(source, shopToStore)
  expect(detail).toMatch(
    /: 1 constraint: told of shop.notes; 1 default: shop.notes.list; 1 domain: shop.told_by; 1 policy expression: told of shop.notes; 1 trigger: told of shop.orders; 2 views: shop.kept, shop.told\.$/,
  )
})

test('what is no text to the server, and what is of an extension, is left alone', async () => {
  await using source = await createShop()
  await source.query(`
    create extension hstore schema shop;
    create function shop.own() returns bigint language sql as 'select count(*) from shop.orders';
    alter extension hstore add function shop.own();
    create function shop.parsed() returns bigint language sql begin atomic select count(*) from shop.orders; end;
    create view shop.v as select * from shop.orders;
    create function public.elsewhere() returns int language sql as 'select 1'`)
  expect(await findText(source, shopToStore)).toMatchObject({ outcome: 'passed' })
})
