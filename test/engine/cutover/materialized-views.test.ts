import { expect, test } from 'vitest'
import { takeOver } from '../../../engine/bookkeeping/index.ts'
import { refreshMaterializedViews } from '../../../engine/cutover/index.ts'
import { resolveSelection } from '../../../engine/selection/index.ts'
import { allSorts, namedObjectsSql } from '../../support/renaming.ts'
import { selectAll } from '../../support/select-all.ts'
import { createCutoverFixture } from './fixture.ts'

/** Names in the reverse of the order in which they read each other, one of them through a plain view. */
const ddl = `
  create table t (id int);
  create schema other;
  create materialized view z as select count(*)::int as n from t with no data;
  create view y as select n from z;
  create materialized view x as select n + 1 as n from y with no data;
  create materialized view other.a as select n * 2 as n from public.x with no data;
  create materialized view unpopulated as select 1 as n with no data;`

const populate =
  'insert into t values (1), (2); refresh materialized view z; refresh materialized view x; refresh materialized view other.a'

const refreshed = `
  select c.oid::regclass::text as name from pg_class c where c.relkind = 'm' and c.relispopulated order by 1`

test('refreshes views after those that they read from, and only those that the source has populated', async () => {
  await using fixture = await createCutoverFixture(ddl)
  await fixture.source.query(populate)
  await fixture.target.query('insert into t values (1), (2)')
  const { sourceSession, targetSession, guard, target } = fixture
  const selected = await selectAll(sourceSession)
  expect(await refreshMaterializedViews(sourceSession, targetSession, guard, selected)).toBe(3)
  expect((await target.query(refreshed)).rows.map(({ name }) => String(name))).toEqual(['other.a', 'x', 'z'])
  expect((await target.query('select n from other.a')).rows).toEqual([{ n: 6 }])
})

test('leaves views of schemas that are not selected, and views that the target does not have', async () => {
  await using fixture = await createCutoverFixture(ddl)
  await fixture.source.query(populate)
  await fixture.source.query('create materialized view missing as select 1 as n')
  const { sourceSession, targetSession, guard, target } = fixture
  const selected = await resolveSelection(sourceSession, { include: [{ schema: 'public' }], exclude: [] })
  expect(await refreshMaterializedViews(sourceSession, targetSession, guard, selected)).toBe(2)
  expect((await target.query(refreshed)).rows.map(({ name }) => String(name))).toEqual(['x', 'z'])
})

test('names the view whose query fails', async () => {
  await using fixture = await createCutoverFixture(`
    create table t (id int);
    create materialized view v as select 1 / id as n from t with no data;`)
  const { source, target, sourceSession, targetSession, guard } = fixture
  await source.query('refresh materialized view v')
  await target.query('insert into t values (0)')
  const selected = await selectAll(sourceSession)
  await expect(refreshMaterializedViews(sourceSession, targetSession, guard, selected)).rejects.toMatchObject(
    {
      code: 'STATEMENT_FAILED',
      message: expect.stringContaining('public.v'),
    },
  )
})

test('refreshes nothing as a former owner', async () => {
  await using fixture = await createCutoverFixture(ddl)
  await fixture.source.query(populate)
  const { sourceSession, targetSession, guard, target } = fixture
  await takeOver(targetSession, { ...guard, epoch: 2n })
  const selected = await selectAll(sourceSession)
  await expect(refreshMaterializedViews(sourceSession, targetSession, guard, selected)).rejects.toMatchObject(
    {
      code: 'LEASE_LOST',
    },
  )
  expect((await target.query(refreshed)).rows).toEqual([])
})

test('refreshes views that the target calls otherwise', async () => {
  await using fixture = await createCutoverFixture(namedObjectsSql, allSorts)
  const { source, target, sourceSession, targetSession, guard } = fixture
  await source.query('refresh materialized view app.totals; refresh materialized view notes_of_a')
  await target.query(`
    insert into "Shop ""x"".y".orders (note) values ('one'), ('two'); insert into b values (1, 'was a')`)
  const selected = await selectAll(sourceSession, allSorts.renames)
  expect(await refreshMaterializedViews(sourceSession, targetSession, guard, selected)).toBe(2)
  expect((await target.query('select n from "Shop ""x"".y".totals')).rows).toEqual([{ n: 2 }])
  expect((await target.query('select note from notes_of_a')).rows).toEqual([{ note: 'was a' }])

  await target.query('drop materialized view notes_of_a')
  expect(await refreshMaterializedViews(sourceSession, targetSession, guard, selected)).toBe(1)
})
