import { expect, test } from 'vitest'
import { allSorts, namedObjectsSql, namedRowsSql, type Renaming } from '../../support/renaming.ts'
import { createReplica } from './replica.ts'

const named = { schema: namedObjectsSql, rows: namedRowsSql, renaming: allSorts }

test('changes go to the tables that the target calls otherwise', async () => {
  await using replica = await createReplica(named)
  const { source, target } = replica
  const tables = ['app.orders', 'app.events', 'a', 'b', 'letters', '"Odd ""T"".able"', 'stays']
  for (const table of tables) {
    await source.query(`insert into ${table} (id, note) values (100, 'new') on conflict do nothing`)
    await source.query(`update ${table} set note = note || ' changed' where id % 2 = 0`)
    await source.query(`delete from ${table} where id = 3`)
    await source.query(
      `update ${table} set id = 60 where id = 1 and not exists (select from ${table} where id = 60)`,
    )
  }
  await source.query(`insert into app.log values ('more'), ('line 0')`)
  await source.query(`update app.log set note = 'other' where note = 'line 1'`)
  await source.query(`delete from app.log where note = 'line 0'`)
  await replica.catchUp()
  await replica.expectEqual()
  const notes = await target.query('select (select min(note) from a) as a, (select min(note) from b) as b')
  expect(notes.rows).toEqual([{ a: 'b 1', b: 'a 1' }])
})

test('rows that move from one partition to another move between what the target calls them', async () => {
  await using replica = await createReplica(named)
  await replica.source.query('delete from app.events where id >= 100')
  await replica.source.query('update app.events set id = id + 100 where id % 3 = 0')
  await replica.catchUp()
  await replica.expectEqual()
})

test('TRUNCATE empties what the target calls otherwise, and nothing else', async () => {
  await using replica = await createReplica(named)
  await replica.source.query('truncate a, app.log')
  await replica.source.query('truncate app.events_low')
  await replica.source.query(`insert into a values (1, 'again')`)
  await replica.source.query('truncate letters restart identity')
  await replica.catchUp()
  await replica.expectEqual()
  const next = await replica.target.query(`select nextval('archive.letters_id_seq')::int as n`)
  expect(next.rows).toEqual([{ n: 1 }])
  await replica.source.query('truncate app.events')
  await replica.catchUp()
  await replica.expectEqual()
})

test('a partition that comes later goes where the rule of its schema says', async () => {
  await using replica = await createReplica(named)
  const { source, target } = replica
  await source.query(`create table app.events_new partition of app.events for values from (200) to (300)`)
  await source.query(`insert into app.events values (250, 'new')`)
  await expect(replica.catchUp()).rejects.toMatchObject({
    code: 'SCHEMA_CHANGED',
    message: 'The target has no table Shop "x".y.events_new.',
    remedy:
      'Create "Shop ""x"".y"."events_new" on the target as "app"."events_new" is on the source, with its rows; then retry.',
  })
  await target.query(
    `create table "Shop ""x"".y".events_new partition of "Shop ""x"".y".events for values from (200) to (300)`,
  )
  await replica.catchUp()
  expect((await target.query('select note from "Shop ""x"".y".events_new')).rows).toEqual([{ note: 'new' }])
})

const typed: Renaming = {
  renames: [
    { schema: 'app', toSchema: 'Shop' },
    { schema: 'app', table: 'T', toTable: 'U "u"' },
    { schema: 'app', table: 'pair', toSchema: 'public', toTable: 'couple' },
  ],
  // An extension stays in the schema of its name.
  sql: `alter table app."T" rename to "U ""u""";
        alter table app.pair set schema public; alter table pair rename to couple;
        alter schema app rename to "Shop"; create schema app; create extension citext schema app`,
  namesOnTarget: new Map([
    ['"app"."T"', '"Shop"."U ""u"""'],
    ['"app"."pair"', '"public"."couple"'],
  ]),
}

test('a new column is to be added to the table of the target, of a type that is there', async () => {
  await using replica = await createReplica({
    schema: `create schema app; create type app.mood as enum ('sad', 'happy');
             create table app.pair (a int primary key, b int);
             create table app."T" (id int primary key)`,
    renaming: typed,
  })
  const { source, target } = replica
  await source.query(`create extension citext schema app; create type app.later as (x int)`)
  await source.query(
    `alter table app."T" add m app.mood, add p app.pair, add c app.citext, add l app.later, add n numeric(5, 2)`,
  )
  await source.query(`insert into app."T" values (1, 'sad', '(1,2)', 'x', '(3)', 1.5)`)
  const additions =
    'ADD COLUMN "m" "Shop"."mood", ADD COLUMN "p" "public"."couple", ADD COLUMN "c" "app"."citext", ' +
    'ADD COLUMN "l" "Shop"."later", ADD COLUMN "n" numeric(5,2)'
  await expect(replica.catchUp()).rejects.toMatchObject({
    code: 'SCHEMA_CHANGED',
    message: 'Table Shop.U "u" has no column m, p, c, l, n on the target.',
    remedy: `On the target: ALTER TABLE "Shop"."U ""u""" ${additions}; then retry.`,
  })
  await target.query(`create type "Shop".later as (x int); alter table "Shop"."U ""u""" ${additions}`)
  await replica.catchUp()
  await replica.expectEqual()
})

test('a diverged target is told by the name of the table there', async () => {
  await using replica = await createReplica(named)
  await replica.target.query('delete from b where id = 7')
  await replica.source.query(`update a set note = 'x' where id = 7`)
  await expect(replica.catchUp()).rejects.toMatchObject({
    code: 'TARGET_DIVERGED',
    message: expect.stringMatching(
      /^An update of public\.b in .* finds 0 rows on the target instead of 1 \(key: id\)/,
    ),
  })
})

test('a table that comes later under a name that another one has on the target stops the stream', async () => {
  const renaming: Renaming = {
    renames: [{ schema: 'public', table: 'old', toTable: 'events_2' }],
    sql: 'alter table old rename to events_2',
    namesOnTarget: new Map([['"public"."old"', '"public"."events_2"']]),
  }
  await using replica = await createReplica({
    schema: `create table old (id int primary key, note text);
             create table events (id int primary key, note text) partition by range (id);
             create table events_1 partition of events for values from (0) to (100)`,
    renaming,
  })
  const { source, target } = replica
  await source.query(`create table events_2 partition of events for values from (100) to (200)`)
  await source.query(`insert into old values (1, 'old'); insert into events values (5, 'low')`)
  await source.query(`insert into events values (150, 'new')`)
  await expect(replica.catchUp()).rejects.toMatchObject({
    code: 'SCHEMA_CHANGED',
    message:
      'Table public.events_2 of the source would be public.events_2 on the target, which public.old is.',
    remedy: expect.stringContaining('"public"."events_2"'),
  })
  expect((await target.query('select note from events_2')).rows).toEqual([{ note: 'old' }])
  expect((await target.query('select note from events')).rows).toEqual([{ note: 'low' }])
})

test('a table that comes later to the schema to which another one goes stops the stream', async () => {
  const renaming: Renaming = {
    renames: [{ schema: 'app', toSchema: 'shop' }],
    sql: 'drop schema shop; alter schema app rename to shop',
    namesOnTarget: new Map([['"app"."low"', '"shop"."low"']]),
  }
  await using replica = await createReplica({
    schema: `create schema app; create schema shop;
             create table app.low (id int primary key, note text);
             create table events (id int primary key, note text) partition by range (id)`,
    renaming,
  })
  const { source, target } = replica
  await source.query('create table shop.low partition of events for values from (0) to (100)')
  await source.query(`insert into app.low values (1, 'of app')`)
  await source.query(`insert into events values (50, 'of events')`)
  await expect(replica.catchUp()).rejects.toMatchObject({
    code: 'SCHEMA_CHANGED',
    message:
      'Table shop.low of the source would be shop.low on the target, where the tables of another schema are.',
    remedy: expect.stringContaining('"shop"."low"'),
  })
  expect((await target.query('select note from shop.low')).rows).toEqual([{ note: 'of app' }])
})
