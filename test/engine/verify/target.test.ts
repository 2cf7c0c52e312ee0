import { expect, test } from 'vitest'
import { createDatabase, createRole, queryServer } from '../../support/servers.ts'
import { mend, problemsOf, resultOf, verify } from './verify-support.ts'

const rowsOnly = { structure: false, fullCopy: true, incremental: true }

test('objects of the same name on the target fail, and are gone after the destructive remedy', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  const structure = `
    create type mood as enum ('glad');
    create type pair as (a int, b mood);
    create domain short as text check (length(value) < 9);
    create type span as range (subtype = int4);
    create table t (id serial primary key, m mood);
    create table parted (a int primary key) partition by list (a);
    create table parted_1 partition of parted for values in (1);
    create view v as select * from t;
    create materialized view mv as select * from v;
    create function f(a int, b mood default 'glad') returns int language sql as 'select 1';
    create procedure p(inout a int) language sql as 'select 1';
    create sequence s`
  await source.query(structure)
  await target.query(structure)
  await target.query('create table unrelated (id int)')

  const report = await verify(source, target)
  expect(problemsOf(report)).toEqual(['target-empty'])
  const result = resultOf(report, 'target-empty')
  expect(result.remedy).toContain('DESTRUCTIVE')
  expect(result.detail).toContain('public.parted_1')
  expect(result.detail).not.toContain('unrelated')
  await mend(target, result)
  expect(problemsOf(await verify(source, target))).toEqual([])
  expect((await target.query('table unrelated')).rowCount).toBe(0)
})

test('a table that is not selected may be on the target', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query('create table a (id int primary key); create table b (id int primary key)')
  await target.query('create table b (id int primary key)')
  const selection = { include: [{ schema: 'public', table: 'a' }], exclude: [] }
  expect(problemsOf(await verify(source, target, { selection }))).toEqual([])
})

test('what an extension brings is no conflict', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  for (const db of [source, target]) await db.query('create extension hstore')
  await source.query('create table t (id int primary key, h hstore)')
  expect(problemsOf(await verify(source, target))).toEqual([])
})

test('without the structure, rows on the target fail, and are gone after the destructive remedy', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  const structure = `
    create table a (id int primary key);
    create table b (id int primary key references a)`
  await source.query(structure)
  await target.query(`${structure}; insert into a values (1); insert into b values (1)`)
  const report = await verify(source, target, { kind: rowsOnly })
  expect(problemsOf(report)).toEqual(['target-empty'])
  expect(resultOf(report, 'target-empty').remedy).toContain('DESTRUCTIVE')
  await mend(target, resultOf(report, 'target-empty'))
  expect(problemsOf(await verify(source, target, { kind: rowsOnly }))).toEqual([])
})

test('incremental sync alone takes rows on the target for granted', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  for (const db of [source, target]) {
    await db.query('create table a (id int primary key); insert into a values (1)')
  }
  const kind = { structure: false, fullCopy: false, incremental: true }
  expect(problemsOf(await verify(source, target, { kind }))).toEqual([])
})

test('without the structure, missing tables, missing columns and other types are told apart', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query(
    'create table a (id int primary key, b text, twice int generated always as (id * 2) stored)',
  )
  const missing = await verify(source, target, { kind: rowsOnly })
  expect(resultOf(missing, 'target-tables').detail).toContain('1 table missing on the target: public.a')

  await target.query('create table a (id int primary key)')
  const incomplete = await verify(source, target, { kind: rowsOnly })
  expect(resultOf(incomplete, 'target-tables')).toMatchObject({ outcome: 'failed' })
  expect(resultOf(incomplete, 'target-tables').detail).toContain('public.a.b.')

  await target.query('alter table a add b varchar(10)')
  const different = await verify(source, target, { kind: rowsOnly })
  expect(resultOf(different, 'target-tables')).toMatchObject({
    outcome: 'warning',
    detail: expect.stringContaining('public.a.b (text, on the target character varying(10))'),
  })
  await target.query('alter table a alter b type text')
  expect(problemsOf(await verify(source, target, { kind: rowsOnly }))).toEqual([])
})

test('a user of the target without privileges is told all, and passes after the remedies', async () => {
  await using role = await createRole('target')
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query('create schema app; create table app.t (id serial primary key)')
  await target.query('create schema app')

  const report = await verify(source, target, { target: role })
  expect(problemsOf(report)).toEqual(['replica-role', 'target-privileges'])
  expect(resultOf(report, 'target-privileges').detail).toContain('CREATE on the database')
  expect(resultOf(report, 'target-privileges').detail).toContain('USAGE, CREATE on 2 schemas: app, public')
  await mend(target, resultOf(report, 'target-privileges'))
  await mend(target, resultOf(report, 'replica-role'))
  expect(problemsOf(await verify(source, target, { target: role }))).toEqual([])
  await queryServer('target', `revoke set on parameter session_replication_role from ${role.user}`)
})

test('without the structure, privileges on the tables and sequences of the target are needed', async () => {
  await using role = await createRole('target')
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  for (const db of [source, target])
    await db.query('create schema app; create table app.t (id serial primary key)')
  const report = await verify(source, target, { target: role, kind: rowsOnly })
  expect(resultOf(report, 'target-privileges').detail).toContain(
    'privileges on 2 relations: app.t, app.t_id_seq',
  )
  await mend(target, resultOf(report, 'target-privileges'))
  expect(problemsOf(await verify(source, target, { target: role, kind: rowsOnly }))).toEqual(['replica-role'])
})

test('a read-only target fails, and takes writes after the remedy', async () => {
  await using role = await createRole('target', { options: 'superuser' })
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await queryServer('target', `alter database ${target.name} set default_transaction_read_only = on`)
  const report = await verify(source, target, { target: role })
  expect(problemsOf(report)).toEqual(['target-writable'])
  for (const statement of resultOf(report, 'target-writable').statements)
    await queryServer('target', statement)
  expect(problemsOf(await verify(source, target, { target: role }))).toEqual([])
})

test('the same database as source and target fails, under whatever name of the host', async () => {
  await using db = await createDatabase('source')
  const report = await verify(db, db, { target: { host: 'localhost' } })
  expect(resultOf(report, 'same-database').outcome).toBe('failed')
})

test('two databases of one server are different', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('source')
  expect(problemsOf(await verify(source, target))).toEqual([])
})

test('a target older than the source is a warning', async () => {
  await using source = await createDatabase('target')
  await using target = await createDatabase('source')
  const report = await verify(source, target)
  expect(problemsOf(report)).toEqual(['version-order'])
  expect(resultOf(report, 'version-order')).toMatchObject({
    outcome: 'warning',
    detail: /18\.\d+ to 15\.\d+/,
  })
})

test('an encoding that cannot hold every character fails, and the database of the remedy passes', async () => {
  await using source = await createDatabase('source', { encoding: 'UTF8' })
  await using target = await createDatabase('target', { encoding: 'LATIN1' })
  const report = await verify(source, target)
  expect(problemsOf(report)).toEqual(['encoding'])
  expect(report.outcome).toBe('failed')
  await mend(target, resultOf(report, 'encoding'))
  const database = `${target.name}_utf8`
  try {
    expect(problemsOf(await verify(source, target, { target: { database } }))).toEqual([])
  } finally {
    await queryServer('target', `drop database ${database}`)
  }
})

test('another collation is a warning', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  const database = `${target.name}_utf`
  await queryServer(
    'target',
    `create database ${database} template template0 encoding 'UTF8' locale_provider builtin builtin_locale 'C.UTF-8'`,
  )
  try {
    const report = await verify(source, target, { target: { database } })
    expect(problemsOf(report)).toEqual(['collation'])
    expect(report.outcome).toBe('warning')
  } finally {
    await queryServer('target', `drop database ${database}`)
  }
})

test('text that is converted, or that nobody checked, is a warning', async () => {
  await using latin = await createDatabase('source', { encoding: 'LATIN1' })
  await using unchecked = await createDatabase('source', { encoding: 'SQL_ASCII' })
  await using target = await createDatabase('target', { encoding: 'UTF8' })
  for (const source of [latin, unchecked]) {
    expect(resultOf(await verify(source, target), 'encoding').outcome).toBe('warning')
  }
})

test('an extension that the user of the target may not create fails, and passes after the remedy', async () => {
  await using role = await createRole('target')
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await queryServer('target', `grant create on database ${target.name} to ${role.user}`)
  await target.query(`grant create on schema public to ${role.user}`)
  await source.query(`
    create schema tools;
    create extension pageinspect schema tools;
    create extension hstore;
    create table t (id int primary key, h hstore[]);
    create view v as select lsn from tools.page_header(tools.get_raw_page('t', 0))`)
  const report = await verify(source, target, { target: role })
  expect(problemsOf(report)).toEqual(['replica-role', 'extensions'])
  const result = resultOf(report, 'extensions')
  expect(result.outcome).toBe('failed')
  expect(result.detail).toContain('may not create pageinspect')
  expect(result.detail).not.toContain('hstore')
  await mend(target, result)
  await target.query(`grant usage, create on schema tools to ${role.user}`)
  expect(problemsOf(await verify(source, target, { target: role }))).toEqual(['replica-role'])
})

test('an extension that the target does not offer is a warning, and a failure where it is needed', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  // Gone since 17.
  await source.query('create extension old_snapshot')
  const unneeded = await verify(source, target)
  expect(problemsOf(unneeded)).toEqual(['extensions'])
  expect(resultOf(unneeded, 'extensions').outcome).toBe('warning')
  await source.query('create view v as select * from pg_old_snapshot_time_mapping()')
  const needed = await verify(source, target)
  expect(resultOf(needed, 'extensions')).toMatchObject({
    outcome: 'failed',
    detail: expect.stringContaining('does not offer old_snapshot'),
  })
})

test('an extension in another schema of the target fails, and passes after the remedy', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query('create extension hstore; create table t (id int primary key, h hstore)')
  await target.query('create schema other; create extension hstore schema other')
  const report = await verify(source, target)
  expect(problemsOf(report)).toEqual(['extensions'])
  await mend(target, resultOf(report, 'extensions'))
  expect(problemsOf(await verify(source, target))).toEqual([])
})
