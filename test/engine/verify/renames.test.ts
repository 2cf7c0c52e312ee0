import { expect, test } from 'vitest'
import { type RenameRule, type Selection, wholeDatabase } from '../../../engine/index.ts'
import { createDatabase, createRole } from '../../support/servers.ts'
import { richSchema } from '../structure/rich-schema.ts'
import { restoreAll, takeOverTarget } from '../structure/support.ts'
import { mend, namesOf, problemsOf, resultOf, verify } from './verify-support.ts'

const rowsOnly = { structure: false, fullCopy: true, incremental: true }

function renamed(...renames: RenameRule[]): Selection {
  return { include: [], exclude: [], renames }
}

const shopToStore = renamed({ schema: 'shop', toSchema: 'store' })

/** What can be in a schema, in one of this name. */
function structureOf(schema: string, orders = 'orders'): string {
  return `
    create schema ${schema};
    create type ${schema}.mood as enum ('glad');
    create domain ${schema}.short as text;
    create table ${schema}.${orders} (id serial primary key, m ${schema}.mood, all_m ${schema}.mood[]);
    create view ${schema}.v as select id from ${schema}.${orders};
    create function ${schema}.f(a int, m ${schema}.mood[], o ${schema}.${orders}) returns int
      language sql as 'select 1';`
}

test('what has the new names on the target fails, what has the old ones does not', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query(structureOf('shop'))
  await target.query(structureOf('shop'))
  const selection = renamed(
    { schema: 'shop', toSchema: 'store' },
    { schema: 'shop', table: 'orders', toTable: 'sales' },
  )
  expect(problemsOf(await verify(source, target, { selection }))).toEqual([])

  await target.query(structureOf('store', 'sales'))
  await target.query(`
    create table store.orders (id int primary key); create sequence store.orders_id_seq;
    create function store.f(a int, m shop.mood[], o shop.orders) returns int language sql as 'select 1';`)
  const report = await verify(source, target, { selection })
  expect(problemsOf(report)).toEqual(['target-empty'])
  const result = resultOf(report, 'target-empty')
  expect(result.detail).toMatch(
    /^6 objects .*: store.f, store.mood, store.orders_id_seq, store.sales, store.short, store.v\.$/,
  )
  await mend(target, result)
  expect(problemsOf(await verify(source, target, { selection }))).toEqual([])
  const kept = await target.query('select from shop.orders union all select from store.orders')
  expect(kept.rowCount).toBe(0)
})

test('all that a migration has made under new names is found there, and its columns are the same', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('source')
  await source.query(richSchema)
  const selection = renamed(
    { schema: 'shop', toSchema: 'store' },
    { schema: 'common', toSchema: 'shared' },
    { schema: 'shop', table: 'customers', toSchema: 'archive' },
    { schema: 'shop', table: 'events', toTable: 'log' },
  )
  await using copy = await createDatabase('source')
  await restoreAll({ source, target, guard: await takeOverTarget(target), selection })
  await restoreAll({ source, target: copy, guard: await takeOverTarget(copy), selection: wholeDatabase })

  const asOnSource = resultOf(await verify(source, copy), 'target-empty').detail
  const conflicts = resultOf(await verify(source, target, { selection }), 'target-empty').detail
  expect(conflicts).toMatch(/^\d+ objects/)
  expect(Number.parseInt(conflicts, 10)).toBe(Number.parseInt(asOnSource, 10))
  const rows = await verify(source, target, { kind: rowsOnly, selection })
  expect(resultOf(rows, 'target-tables')).toMatchObject({ outcome: 'passed' })
})

test('the arguments of a routine that are of an extension keep their schema', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query(`
    create schema shop; create extension hstore schema shop;
    create function shop.f(h shop.hstore[]) returns int language sql as 'select 1'`)
  await target.query(`
    create schema shop; create extension hstore schema shop; create schema store;
    create function store.f(h shop.hstore[]) returns int language sql as 'select 1'`)
  const report = await verify(source, target, { selection: shopToStore })
  expect(problemsOf(report)).toEqual(['target-empty'])
  expect(resultOf(report, 'target-empty').detail).toContain('store.f')
})

test('a table that takes the place of one that has the name on the target fails', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query('create schema shop; create table shop.orders (id serial primary key)')
  await target.query('create view public.sales as select 1')
  const rule = { schema: 'shop', table: 'orders', toSchema: 'public', toTable: 'sales' }
  const report = await verify(source, target, { selection: renamed(rule) })
  expect(resultOf(report, 'target-empty').statements).toEqual([
    'DROP VIEW IF EXISTS "public"."sales" CASCADE;',
  ])
})

test('without the structure, rows under the new names fail, and are gone after the destructive remedy', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query('create schema shop; create table shop.orders (id int primary key)')
  await target.query(`
    create schema shop; create table shop.orders (id int primary key);
    create table public.sales (id int primary key);
    insert into shop.orders values (1); insert into public.sales values (1)`)
  const rule = { schema: 'shop', table: 'orders', toSchema: 'public', toTable: 'sales' }
  const options = { kind: rowsOnly, selection: renamed(rule) }
  const report = await verify(source, target, options)
  expect(problemsOf(report)).toEqual(['target-empty'])
  expect(resultOf(report, 'target-empty').detail).toContain('1 table with rows on the target: public.sales.')
  await mend(target, resultOf(report, 'target-empty'))
  expect(problemsOf(await verify(source, target, options))).toEqual([])
  expect((await target.query('table shop.orders')).rowCount).toBe(1)
})

test('without the structure, missing tables, columns and other types are named as on the target', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query(`
    create schema shop; create table shop.orders (id int primary key, b text);
    create table shop.notes (id int primary key)`)
  await target.query('create schema shop; create table shop.orders (id int primary key, b text)')
  const rule = { schema: 'shop', table: 'orders', toTable: 'sales' }
  const options = { kind: rowsOnly, selection: renamed({ schema: 'shop', toSchema: 'store' }, rule) }
  const tellTables = async () => resultOf(await verify(source, target, options), 'target-tables').detail
  expect(await tellTables()).toContain('2 tables missing on the target: store.notes, store.sales.')

  await target.query(`
    create schema store; create table store.notes (id int primary key);
    create table store.sales (id int primary key)`)
  expect(await tellTables()).toContain('cannot be written to on the target: store.sales.b.')
  await target.query('alter table store.sales add b varchar(10)')
  expect(await tellTables()).toContain('store.sales.b (text, on the target character varying(10))')
  await target.query('alter table store.sales alter b type text')
  expect(problemsOf(await verify(source, target, options))).toEqual([])
})

test('without the structure, sequences go by the columns that own them, and missing ones are named', async () => {
  await using role = await createRole('target')
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query(`create table orders (id serial primary key); create sequence numbers`)
  await target.query(`create table sales (id int primary key)`)
  const rule = { schema: 'public', table: 'orders', toTable: 'sales' }
  const options = { kind: rowsOnly, selection: renamed(rule) }
  const report = await verify(source, target, options)
  expect(problemsOf(report)).toEqual(['target-tables'])
  expect(resultOf(report, 'target-tables')).toMatchObject({
    outcome: 'failed',
    detail:
      '2 sequences missing on the target: public.numbers, public.orders_id_seq (or another that public.sales.id owns).',
  })
  await target.query('create sequence numbers; create sequence sales_id_seq owned by sales.id')
  expect(problemsOf(await verify(source, target, options))).toEqual([])
  const unprivileged = await verify(source, target, { ...options, target: role })
  expect(resultOf(unprivileged, 'target-privileges').statements).toContainEqual(
    expect.stringContaining('ON SEQUENCE "public"."sales_id_seq"'),
  )
})

test('without the structure, a type in a schema with another name is the same type', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query(structureOf('shop'))
  await target.query(structureOf('store'))
  const options = { kind: rowsOnly, selection: shopToStore }
  expect(problemsOf(await verify(source, target, options))).toEqual([])

  await target.query(
    `create type store.other as enum ('glad'); alter table store.orders alter m type store.other using 'glad'`,
  )
  const report = await verify(source, target, options)
  expect(problemsOf(report)).toEqual(['target-tables'])
  expect(resultOf(report, 'target-tables').detail).toContain(
    ': store.orders.m (shop.mood, on the target store.other).',
  )
})

test('a user of the target needs privileges under the new names, and none under the old ones', async () => {
  await using role = await createRole('target')
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query(
    'drop schema public; create schema shop; create table shop.orders (id serial primary key)',
  )
  await target.query(`
    create schema shop; create schema store; create schema archive;
    create table shop.orders (id serial primary key); create table archive.sales (id serial primary key);
    alter sequence archive.sales_id_seq rename to orders_id_seq`)
  const rule = { schema: 'shop', table: 'orders', toSchema: 'archive', toTable: 'sales' }
  const selection = renamed({ schema: 'shop', toSchema: 'store' }, rule)

  const rows = await verify(source, target, { target: role, kind: rowsOnly, selection })
  const rowPrivileges = resultOf(rows, 'target-privileges')
  expect(rowPrivileges.detail).toContain('USAGE on 1 schema: archive;')
  expect(rowPrivileges.detail).toContain('on 2 relations: archive.orders_id_seq, archive.sales.')
  await mend(target, rowPrivileges)
  expect(problemsOf(await verify(source, target, { target: role, kind: rowsOnly, selection }))).toEqual([
    'replica-role',
  ])

  const structure = await verify(source, target, { target: role, selection })
  expect(resultOf(structure, 'target-privileges').detail).toContain(
    'USAGE, CREATE on 2 schemas: archive, store.',
  )
})

test('an extension is wanted in the schema that it has on the source', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query(`
    create schema shop; create extension hstore schema shop;
    create table shop.t (id int primary key, h shop.hstore)`)
  await target.query('create schema store; create extension hstore schema store')
  const report = await verify(source, target, { selection: shopToStore })
  expect(problemsOf(report)).toEqual(['extensions'])
  await target.query('create schema shop')
  await mend(target, resultOf(report, 'extensions'))
  expect(problemsOf(await verify(source, target, { selection: shopToStore }))).toEqual([])
})

test('objects of two schemas that come together under one name fail', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query(`
    create schema a; create schema b; create schema joint;
    create type a.mood as enum ('glad'); create type joint.mood as enum ('glad');
    create function a.f(a.mood) returns int language sql as 'select 1';
    create function joint.f(joint.mood) returns int language sql as 'select 1';
    create function a.g(int) returns int language sql as 'select 1';
    create function joint.g(text) returns int language sql as 'select 1';
    create table a.x (id int primary key);
    create table b.y (id int, constraint x_pkey primary key (id));
    create view a.v as select 1; create materialized view joint.v as select 1`)
  const selection = renamed(
    { schema: 'a', toSchema: 'joint' },
    { schema: 'b', table: 'y', toSchema: 'joint' },
  )
  const report = await verify(source, target, { selection })
  expect(problemsOf(report)).toEqual(['renamed-objects'])
  expect(resultOf(report, 'renamed-objects')).toMatchObject({
    outcome: 'failed',
    detail:
      'More than one object would have the same name: a.f and joint.f as joint.f, a.mood and joint.mood as joint.mood, ' +
      'a.v and joint.v as joint.v, a.x_pkey and b.x_pkey as joint.x_pkey.',
  })
  await source.query(`
    drop function joint.f; drop type joint.mood; drop materialized view joint.v;
    alter index b.x_pkey rename to y_pkey`)
  expect(problemsOf(await verify(source, target, { selection }))).toEqual([])
})

test('what has the name of something of an extension in a schema that is renamed fails', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query(`
    create schema shop; create extension hstore schema shop;
    create function shop.akeys(int) returns int language sql as 'select 1';
    create function shop.own(int) returns int language sql as 'select 1';
    create view shop.svals as select 1;
    create table shop.t (id int primary key); create type shop.span as range (subtype = int)`)
  await target.query('create schema shop')
  const { outcome, detail } = resultOf(
    await verify(source, target, { selection: shopToStore }),
    'renamed-extensions',
  )
  expect(outcome).toBe('failed')
  expect(detail).toMatch(
    /: function shop.akeys\(integer\) and function shop.akeys\(shop.hstore\) of the extension hstore, view shop.svals and function shop.svals\(shop.hstore\) of the extension hstore\.$/,
  )
  await source.query('drop function shop.akeys(int); drop view shop.svals')
  const mended = await verify(source, target, { selection: shopToStore })
  expect(resultOf(mended, 'renamed-extensions').outcome).toBe('passed')
})

test('tells how many tables and sequences get another name', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query(`
    create schema shop; create table shop.orders (id serial primary key); create table public.t (id int primary key)`)
  const tell = async (selection?: Selection) =>
    resultOf(await verify(source, target, selection && { selection }), 'selection').detail
  expect(await tell()).toBe('2 tables, 1 sequence in 2 schemas.')
  expect(await tell(shopToStore)).toBe(
    '2 tables, 1 sequence in 2 schemas. On the target, 2 of them will have another name.',
  )
})

test('looks for names in text, and for names that meet, only where structure is renamed', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query('create schema shop')
  await target.query('create schema store')
  const checks = ['renamed-objects', 'renamed-extensions', 'renamed-text']
  const renaming = namesOf(await verify(source, target, { selection: shopToStore }))
  expect(renaming).toEqual(expect.arrayContaining(checks))
  const plain = namesOf(await verify(source, target))
  expect(plain).toEqual(renaming.filter((name) => !name.startsWith('renamed-')))
  const rows = namesOf(await verify(source, target, { kind: rowsOnly, selection: shopToStore }))
  expect(rows.filter((name) => checks.includes(name))).toEqual([])
  const plainRows = namesOf(await verify(source, target, { kind: rowsOnly }))
  expect(plainRows).toEqual(rows.filter((name) => !name.startsWith('renamed-')))
})
