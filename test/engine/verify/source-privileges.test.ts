import { expect, test } from 'vitest'
import { createDatabase, createRole, queryServer } from '../../support/servers.ts'
import { mend, problemsOf, resultOf, verify } from './verify-support.ts'

test('a user without any privilege is told all that is missing, and passes after the remedies', async () => {
  await using role = await createRole('source')
  await using owner = await createRole('source')
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query(`
    create schema shop authorization ${owner.user};
    set role ${owner.user};
    create table shop.orders (id serial primary key);
    create table shop."Line ""items""" (id int primary key);
    create sequence shop.loose;
    reset role`)
  const first = await verify(source, target, { source: role })
  expect(problemsOf(first)).toEqual([
    'replication-privilege',
    'publication-privilege',
    'table-privileges',
    'publication-ownership',
  ])
  expect(resultOf(first, 'table-privileges').detail).toContain('lacks USAGE on 1 schema: shop')
  expect(resultOf(first, 'table-privileges').detail).toContain('lacks SELECT on 4 relations')

  for (const name of ['replication-privilege', 'publication-privilege', 'table-privileges']) {
    await mend(source, resultOf(first, name))
  }
  const second = await verify(source, target, { source: role })
  expect(problemsOf(second)).toEqual(['publication-ownership'])
  await mend(source, resultOf(second, 'publication-ownership'))
  expect(problemsOf(await verify(source, target, { source: role }))).toEqual([])
})

test('with the structure, tables that are left out but lie in a selected schema must be readable, too', async () => {
  await using role = await createRole('source')
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query(`
    create table kept (id int primary key);
    create table left_out (id int primary key);
    grant select on kept to ${role.user}`)
  const selection = { include: [{ schema: 'public', table: 'kept' }], exclude: [] }
  const withStructure = { structure: true, fullCopy: true, incremental: false }
  const report = await verify(source, target, { source: role, selection, kind: withStructure })
  expect(resultOf(report, 'table-privileges')).toMatchObject({
    outcome: 'failed',
    detail: expect.stringContaining('public.left_out'),
  })
  const rowsOnly = { structure: false, fullCopy: true, incremental: false }
  const other = await verify(source, target, { source: role, selection, kind: rowsOnly })
  expect(resultOf(other, 'table-privileges').outcome).toBe('passed')
})

test('a partition of another owner is published with its root', async () => {
  await using role = await createRole('source', { options: 'replication' })
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query(`
    create table parted (a int primary key) partition by list (a);
    create table part_1 partition of parted for values in (1);
    alter table parted owner to ${role.user};
    grant select on part_1 to ${role.user};
    grant create on database ${source.name} to ${role.user}`)
  expect(problemsOf(await verify(source, target, { source: role }))).toEqual([])
  await using publisher = await source.connect(role)
  await publisher.query('create publication p for table parted')
})

test('long lists of tables are cut in the detail, and have all their statements up to a hundred', async () => {
  await using role = await createRole('source')
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query(`
    do $$ begin
      for i in 1..120 loop execute format('create table t%s (id int primary key)', i); end loop;
    end $$`)
  const kind = { structure: true, fullCopy: true, incremental: false }
  const report = await verify(source, target, { source: role, kind })
  const { detail, statements } = resultOf(report, 'table-privileges')
  expect(detail).toContain('120 relations')
  expect(detail).toContain('and 100 more')
  expect(statements).toHaveLength(100)
})

test('row-level security that hides rows fails, and passes after the remedy', async () => {
  await using role = await createRole('source')
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query(`
    create table secret (id int primary key);
    alter table secret enable row level security;
    grant select on secret to ${role.user}`)
  const kind = { structure: true, fullCopy: true, incremental: false }
  const report = await verify(source, target, { source: role, kind })
  expect(problemsOf(report)).toEqual(['row-level-security'])
  expect(resultOf(report, 'row-level-security').detail).toContain('public.secret')
  await mend(source, resultOf(report, 'row-level-security'))
  expect(problemsOf(await verify(source, target, { source: role, kind }))).toEqual([])
})

test('a user with the REPLICATION attribute passes', async () => {
  await using role = await createRole('source', { options: 'replication' })
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await queryServer('source', `grant create on database ${source.name} to ${role.user}`)
  const report = await verify(source, target, { source: role })
  expect(problemsOf(report)).toEqual([])
})
