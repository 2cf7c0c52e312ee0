import { expect, test } from 'vitest'
import { type RenameRule, type Selection, wholeDatabase } from '../../../engine/selection/index.ts'
import { createDatabase, type TestDatabase } from '../../support/servers.ts'
import { newestSchema, richSchema } from './rich-schema.ts'
import { describeStructure, restoreAll, takeOverTarget } from './support.ts'

/** Between two databases of one server, for another version would print some of it in another way. */
async function move(
  source: TestDatabase,
  selection: Partial<Selection>,
  server: 'source' | 'target' = 'source',
): Promise<TestDatabase> {
  const target = await createDatabase(server)
  const guard = await takeOverTarget(target)
  const warnings = await restoreAll({ source, target, guard, selection: { ...wholeDatabase, ...selection } })
  expect(warnings).toEqual([])
  return target
}

/**
 * A query calls the columns of a renamed table by its former name, which it gives the table, where the server itself
 * would call them by the new one.
 */
function byNewName(
  structure: readonly string[],
  { from, to }: { readonly from: string; readonly to: string },
) {
  return structure.map((text) =>
    text
      .replaceAll(new RegExp(`(?<="\\."${to}") (AS )?"${from}"`, 'g'), '')
      .replaceAll(new RegExp(`"${from}"(?=\\.")`, 'g'), `"${to}"`),
  )
}

test.each([
  { server: 'source', schema: richSchema },
  { server: 'target', schema: `${richSchema};${newestSchema}` },
] as const)(
  'everything of a schema is made in another one, as the server itself would rename it ($server)',
  async ({ server, schema }) => {
    await using source = await createDatabase(server)
    await source.query(schema)
    const renames: readonly RenameRule[] = [
      { schema: 'shop', toSchema: 'Store "new"' },
      { schema: 'Zürich "old".x; y', toSchema: 'old' },
      { schema: 'common', toSchema: 'shared' },
    ]
    await using target = await move(source, { renames }, server)
    await source.query(`
    alter schema shop rename to "Store ""new""";
    alter schema "Zürich ""old"".x; y" rename to old;
    alter schema common rename to shared;
    create schema common; alter extension hstore set schema common`)
    expect(await describeStructure(target)).toEqual(await describeStructure(source))
  },
)

test('a table is made under another name and in another schema, with all that refers to it', async () => {
  await using source = await createDatabase('source')
  await source.query(richSchema)
  const renames = [
    { schema: 'shop', table: 'orders', toTable: 'sales' },
    { schema: 'shop', table: 'events', toSchema: 'archive', toTable: 'Events "all"' },
    { schema: 'shop', table: 'customers', toSchema: 'archive' },
  ]
  await using target = await move(source, { renames })
  await source.query(`
    create schema archive;
    alter table shop.orders rename to sales;
    alter table shop.events rename to "Events ""all""";
    alter table shop."Events ""all""" set schema archive;
    alter table shop.customers set schema archive`)
  const expected = byNewName(await describeStructure(source), { from: 'orders', to: 'sales' })
  expect(byNewName(await describeStructure(target), { from: 'orders', to: 'sales' })).toEqual(expected)
})

test('queries find the columns of a renamed table, wherever it stands', async () => {
  await using source = await createDatabase('source')
  await source.query(`
    create schema orders; create schema other;
    create table orders.orders (id int primary key, orders text, note text);
    create table orders.items (id int primary key, order_id int references orders.orders, parent orders.orders);
    insert into orders.orders values (1, 'one', 'x'), (2, 'two', 'y');
    create view other.joined as
      select orders.id, orders.orders, items.id as item
        from orders.orders left join orders.items on items.order_id = orders.id, lateral (select orders.note) as l;
    create view other.listed as select orders.*, i.id as item from only orders.orders, orders.items i;
    create view other.nested as
      select (select max(orders.note) from orders.orders where orders.id = items.id)
        from orders.items where exists (select from (orders.orders cross join orders.items i));
    create view other.named as select o.id, t.b from orders.orders o, orders.orders as t(a, b) for update of o;
    create view other.whole as select orders as row, null::orders.orders as nothing from orders.orders;
    create view other.self as with orders as (select * from orders.orders) select orders.id from orders;
    create rule inserted as on insert to orders.items where new.id > 0 do also
      insert into orders.orders (id, orders) select new.id, orders.note from orders.orders
      on conflict (id) do update set note = excluded.note where orders.id > 0;
    create rule updated as on update to orders.items do also
      update orders.orders set note = orders.note || 'x' from orders.items where orders.id = items.id;
    create rule deleted as on delete to orders.items do also
      delete from orders.orders using orders.items where orders.id = items.id;
    create function other.row_of(orders.orders, a orders.orders[]) returns setof orders.orders language sql
      begin atomic
        select orders.* from orders.orders;
        insert into orders.orders (id) values (7) on conflict do nothing;
        update only orders.orders set note = orders.orders where orders.id = 1;
        delete from orders.orders where orders.id = 8;
        merge into orders.orders using orders.items on orders.id = items.id when matched then do nothing;
        select orders.* from orders.orders;
      end;
    create function other.total() returns bigint language sql return (select count(orders.id) from orders.orders)`)
  const renames = [
    { schema: 'orders', table: 'orders', toTable: 'from' },
    { schema: 'orders', table: 'items', toSchema: `It's "new"`, toTable: 'orders' },
  ]
  await using target = await move(source, { renames })
  await source.query(`
    create schema "It's ""new""";
    alter table orders.orders rename to "from";
    alter table orders.items set schema "It's ""new""";
    alter table "It's ""new""".items rename to orders`)
  await target.query(`insert into orders."from" values (1, 'one', 'x'), (2, 'two', 'y')`)
  const columns = `
    select table_name, string_agg(column_name || ' ' || udt_schema || '.' || udt_name, ', ' order by ordinal_position)
      from information_schema.columns where table_schema in ('orders', 'other', 'It''s "new"') group by 1 order by 1`
  expect((await target.query(columns)).rows).toEqual((await source.query(columns)).rows)
  for (const view of ['joined', 'listed', 'nested', 'named', 'whole', 'self']) {
    const rows = `select v::text from other.${view} as v order by 1`
    expect((await target.query(rows)).rows).toEqual((await source.query(rows)).rows)
  }
  const calls = `select other.total(), (select count(*) from other.row_of(null, null))`
  expect((await target.query(calls)).rows).toEqual((await source.query(calls)).rows)
})

test('two tables take the name of the other, with policies, rules and indexes that call them by it', async () => {
  await using source = await createDatabase('source')
  await source.query(`
    create table a (id int primary key, b_id int check (b_id > 0));
    create table b (id int primary key, a_id int, check (b is not null));
    create function text_of(a) returns text language sql immutable return $1.id::text;
    create index on a (text_of(a));
    create policy of_a on a using (exists (select from b where b.id = a.b_id and a.id > 0));
    create policy of_b on b using (exists (select from a where a.id = b.a_id));
    create rule gone as on delete to a do also
      delete from b using (a as x join b as y on y.a_id = x.id) where b.id = y.id`)
  const renames = [
    { schema: 'public', table: 'a', toTable: 'b' },
    { schema: 'public', table: 'b', toTable: 'a' },
  ]
  await using target = await move(source, { renames })
  await source.query('alter table a rename to c; alter table b rename to a; alter table c rename to b')
  const [rules, others] = await splitRules(target)
  expect(rules.join()).toMatch(
    /DELETE FROM "public"."a" "b"\s+USING \("public"."b" "x"\s+JOIN "public"."a" "y"/,
  )
  // A table keeps its former name inside of queries.
  const byNewNames = others.map((text) =>
    text
      .replaceAll(/ "([ab])_1"/g, '')
      .replaceAll('"a_1".', '"b".')
      .replaceAll('"b_1".', '"a".'),
  )
  expect(byNewNames).toEqual((await splitRules(source))[1])
})

async function splitRules(db: TestDatabase): Promise<readonly [string[], string[]]> {
  const all = await describeStructure(db)
  const isRule = (text: string) => text.startsWith('RULE ')
  return [all.filter(isRule), all.filter((text) => !isRule(text))]
}

test('a schema takes the name of another, and constants of names follow', async () => {
  await using source = await createDatabase('source')
  await source.query(`
    create schema a; create schema "b'c";
    create extension citext with schema a;
    create table a.t (id serial, name a.citext, place regclass default 'a.t', kind regtype default 'a.t');
    create function a.f(int) returns int language sql as 'select 1';
    create table "b'c".t (id int generated by default as identity, f regprocedure default 'a.f(int)', c text default 'a.t');
    create view "b'c".v as select 'a.t_id_seq'::regclass as s, "b'c".t.c from "b'c".t`)
  const renames = [
    { schema: 'a', toSchema: `b'c` },
    { schema: `b'c`, toSchema: 'a' },
  ]
  await using target = await move(source, { renames })
  await source.query(`
    alter schema a rename to x; alter schema "b'c" rename to a; alter schema x rename to "b'c";
    alter extension citext set schema a`)
  expect(await describeStructure(target)).toEqual(await describeStructure(source))
})

test('what stays behind in a schema of which a part has gone is made there', async () => {
  await using source = await createDatabase('source')
  await source.query(`
    create schema shop; create type shop.mood as enum ('good');
    create table shop.orders (id serial primary key, mood shop.mood);
    create table shop.letters (id int references shop.orders)`)
  const renames = [
    { schema: 'shop', toSchema: 'store' },
    { schema: 'shop', table: 'letters', toSchema: 'shop' },
    { schema: 'shop', table: 'orders', toSchema: 'public' },
  ]
  await using target = await move(source, { include: [{ schema: 'shop' }], renames })
  await source.query(`
    create schema store;
    alter type shop.mood set schema store;
    alter table shop.orders set schema public`)
  expect(await describeStructure(target)).toEqual(await describeStructure(source))
})

test('a policy finds its own table, though another one in it is called so now', async () => {
  await using source = await createDatabase('source')
  await source.query(`
    create schema orders;
    create table orders.orders (id int primary key, order_id int);
    create table orders.items (id int primary key, order_id int);
    create policy plain on orders.items for update using (id > 0);
    create policy whole on orders.items for delete using (items is not null);
    create policy seen on orders.items using (exists (
      select from orders.orders
       where orders.id = items.order_id and exists (select from orders.items i where i.id = items.id)))`)
  const renames = [
    { schema: 'orders', table: 'orders', toTable: 'sales' },
    { schema: 'orders', table: 'items', toSchema: 'public', toTable: 'orders' },
  ]
  await using target = await move(source, { renames })
  await source.query(`
    alter table orders.orders rename to sales;
    alter table orders.items set schema public;
    alter table public.items rename to orders`)
  const moved = byNewName(await describeStructure(target), { from: 'orders_1', to: 'sales' })
  expect(moved).toEqual(await describeStructure(source))
})

test('what cannot be told from what an extension keeps is refused', async () => {
  await using source = await createDatabase('source')
  await source.query(`
    create schema shop; create extension citext with schema shop;
    create function shop.strpos(text, text) returns int language sql as 'select 0'`)
  await expect(move(source, { renames: [{ schema: 'shop', toSchema: 'store' }] })).rejects.toThrow(
    /function shop\.strpos\(text,\s?text\) is renamed with its schema, and cannot be told from .* of the extension citext/,
  )
})
