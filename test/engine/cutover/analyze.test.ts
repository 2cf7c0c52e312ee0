import { expect, test } from 'vitest'
import { readTables } from '../../../engine/catalog/index.ts'
import { analyzeTables } from '../../../engine/cutover/index.ts'
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
  await analyzeTables(targetSession, guard, await readTables(sourceSession))
  const { rows } = await target.query<{ name: string; rows: number }>(
    `select relname as name, reltuples::int as rows from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace order by 1`,
  )
  expect(rows).toEqual([
    { name: 'Plain.Table', rows: 10 },
    { name: 'leaf', rows: 1 },
    { name: 'parent', rows: 1 },
  ])
})
