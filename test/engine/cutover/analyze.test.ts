import { expect, test } from 'vitest'
import { analyzeTables } from '../../../engine/cutover/index.ts'
import { allSorts, namedObjectsSql } from '../../support/renaming.ts'
import { selectAll } from '../../support/select-all.ts'
import { createCutoverFixture } from './fixture.ts'

test('gathers statistics of tables, partitioned tables and their partitions', async () => {
  await using fixture = await createCutoverFixture(`
    create table "Plain.Table" (id int);
    create table parent (id int) partition by list (id);
    create table leaf partition of parent for values in (1);`)
  await fixture.target.query(
    `insert into "Plain.Table" select generate_series(1, 10); insert into parent values (1)`,
  )
  const { sourceSession, targetSession, guard, target } = fixture
  await analyzeTables(targetSession, guard, (await selectAll(sourceSession)).tables)
  const { rows } = await target.query<{ name: string; rows: number }>(
    `select relname as name, reltuples::int as rows from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace order by 1`,
  )
  expect(rows).toEqual([
    { name: 'Plain.Table', rows: 10 },
    { name: 'leaf', rows: 1 },
    { name: 'parent', rows: 1 },
  ])
})

test('gathers statistics of tables that the target calls otherwise', async () => {
  await using fixture = await createCutoverFixture(namedObjectsSql, allSorts)
  const { target, sourceSession, targetSession, guard } = fixture
  await target.query(`insert into a select i from generate_series(1, 7) i`)
  const { tables } = await selectAll(sourceSession, allSorts.renames)
  await analyzeTables(
    targetSession,
    guard,
    tables.filter(({ name }) => name === 'b'),
  )
  const { rows } = await target.query<{ name: string; rows: number }>(
    `select relname as name, reltuples::int as rows from pg_class where oid in ('a'::regclass, 'b'::regclass) order by 1`,
  )
  expect(rows).toEqual([
    { name: 'a', rows: 7 },
    { name: 'b', rows: -1 },
  ])
  await analyzeTables(targetSession, guard, tables)
  await target.query('drop table "New ""N"".ame"')
  await expect(analyzeTables(targetSession, guard, tables)).rejects.toMatchObject({
    message: expect.stringContaining('public.New "N".ame on the target'),
  })
})
