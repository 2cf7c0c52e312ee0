import { expect, test } from 'vitest'
import { resolveSelection, type Selection } from '../../../engine/selection/index.ts'
import { createDatabase, type TestDatabase } from '../../support/servers.ts'

async function createShop(): Promise<TestDatabase> {
  const db = await createDatabase('source')
  await db.query(`
    create schema shop; create schema archive; create schema "Empty schema";
    create table public.notes (id serial primary key);
    create table shop.orders (id bigint generated always as identity primary key, number int);
    create sequence shop.numbers; alter table shop.orders alter number set default nextval('shop.numbers');
    create sequence shop.standalone;
    create table shop.events (id int, at date) partition by range (at);
    create table shop.events_old partition of shop.events for values from ('2020-01-01') to ('2021-01-01')
      partition by list (id);
    create table archive.events_old_1 partition of shop.events_old for values in (1);
    create table archive.letters (id serial)`)
  return db
}

async function resolve(db: TestDatabase, selection: Partial<Selection>) {
  await using client = await db.connect()
  const { whole, schemas, ...selected } = await resolveSelection(client, {
    include: [],
    exclude: [],
    ...selection,
  })
  const names = (objects: readonly { schema: string; name: string }[]) =>
    objects.map(({ schema, name }) => `${schema}.${name}`)
  return { whole, schemas, tables: names(selected.tables), sequences: names(selected.sequences) }
}

test('no rules select the whole database', async () => {
  await using db = await createShop()
  expect(await resolve(db, {})).toEqual({
    whole: true,
    schemas: ['Empty schema', 'archive', 'public', 'shop'],
    tables: [
      'archive.events_old_1',
      'archive.letters',
      'public.notes',
      'shop.events',
      'shop.events_old',
      'shop.orders',
    ],
    sequences: [
      'archive.letters_id_seq',
      'public.notes_id_seq',
      'shop.numbers',
      'shop.orders_id_seq',
      'shop.standalone',
    ],
  })
})

test('a schema brings its tables, their partitions elsewhere and its sequences', async () => {
  await using db = await createShop()
  expect(await resolve(db, { include: [{ schema: 'shop' }] })).toEqual({
    whole: false,
    schemas: ['archive', 'shop'],
    tables: ['archive.events_old_1', 'shop.events', 'shop.events_old', 'shop.orders'],
    sequences: ['shop.numbers', 'shop.orders_id_seq', 'shop.standalone'],
  })
})

test('a table brings the sequences that it owns or draws from, and no others of its schema', async () => {
  await using db = await createShop()
  expect(await resolve(db, { include: [{ schema: 'shop', table: 'orders' }] })).toEqual({
    whole: false,
    schemas: ['shop'],
    tables: ['shop.orders'],
    sequences: ['shop.numbers', 'shop.orders_id_seq'],
  })
})

test('an excluded table goes with its partitions and the sequences that only it owns', async () => {
  await using db = await createShop()
  const exclude = [
    { schema: 'shop', table: 'events' },
    { schema: 'shop', table: 'orders' },
    { schema: 'archive' },
  ]
  expect(await resolve(db, { exclude })).toEqual({
    whole: false,
    schemas: ['Empty schema', 'public', 'shop'],
    tables: ['public.notes'],
    sequences: ['public.notes_id_seq', 'shop.numbers', 'shop.standalone'],
  })
})

test('exclude wins over include', async () => {
  await using db = await createShop()
  const selected = await resolve(db, {
    include: [{ schema: 'archive' }, { schema: 'public', table: 'notes' }],
    exclude: [{ schema: 'public' }],
  })
  expect(selected.tables).toEqual(['archive.letters'])
})

test('a partition does not go without its root', async () => {
  await using db = await createShop()
  const selected = await resolve(db, { include: [{ schema: 'archive' }] })
  expect(selected.tables).toEqual(['archive.letters'])
})

test('names are taken as they are, whatever characters they hold', async () => {
  await using db = await createDatabase('source')
  await db.query(`create schema "a.b ""c"; create table "a.b ""c"."Grüße; 'x'\n" (id int); create schema "a"`)
  const rule = { schema: 'a.b "c', table: "Grüße; 'x'\n" }
  expect((await resolve(db, { include: [rule] })).tables).toEqual([`${rule.schema}.${rule.table}`])
})

test.each([
  { rule: { schema: 'nowhere' }, message: 'selection.include: schema "nowhere" matches nothing' },
  { rule: { schema: 'shop', table: 'gone' }, message: 'table "shop"."gone" matches nothing' },
  { rule: { schema: 'SHOP' }, message: 'matches nothing' },
  { rule: { schema: 'archive', table: 'events_old_1' }, message: 'name table "shop"."events" instead' },
])('a rule that cannot work is refused by name: $message', async ({ rule, message }) => {
  await using db = await createShop()
  await expect(resolve(db, { include: [rule] })).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringContaining(message),
  })
})

test('an exclude rule that matches nothing is refused', async () => {
  await using db = await createShop()
  await expect(resolve(db, { exclude: [{ schema: 'nowhere' }] })).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringContaining('selection.exclude: schema "nowhere" matches nothing'),
  })
})
