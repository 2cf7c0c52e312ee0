import { expect, test } from 'vitest'
import { countRows } from '../../../engine/compare/index.ts'
import { settingsOf } from '../../support/connection.ts'
import { allSorts, namedObjectsSql, namedRowsSql, type Renaming, sameNames } from '../../support/renaming.ts'
import { selectAll } from '../../support/select-all.ts'
import { createDatabase, type TestDatabase, waitFor } from '../../support/servers.ts'

const ddl = `
  create table plain (id int);
  create table "Odd.Name ""x""" (id int);
  create table parent (id int);
  create table child () inherits (parent);
  create table events (id int, day date) partition by range (day);
  create table "events 2024" partition of events for values from ('2024-01-01') to ('2025-01-01');
  create table "events 2025" partition of events for values from ('2025-01-01') to ('2026-01-01');
  create table empty ();`

async function count(
  source: TestDatabase,
  target: TestDatabase,
  signal = new AbortController().signal,
  { renames }: Renaming = sameNames,
) {
  const { tables } = await selectAll(await source.connect(), renames)
  const request = { source: settingsOf(source), target: settingsOf(target), tables, sessions: 2 }
  return await countRows(request, signal)
}

test('counts every table that holds rows, by itself, on both sides', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query(ddl)
  await target.query(ddl)
  const fill = (rows: number) => `
    insert into plain select generate_series(1, ${rows});
    insert into "Odd.Name ""x""" select generate_series(1, ${rows + 1});
    insert into parent select generate_series(1, ${rows + 2});
    insert into child select generate_series(1, ${rows + 3});
    insert into events select i, '2024-05-05' from generate_series(1, ${rows + 4}) i;
    insert into events select i, '2025-05-05' from generate_series(1, ${rows + 5}) i;
    insert into empty default values;`
  await source.query(fill(10))
  await target.query(fill(20))
  const counted = await count(source, target)
  const expected = [
    ['Odd.Name "x"', 11n, 21n],
    ['child', 13n, 23n],
    ['empty', 1n, 1n],
    ['events 2024', 14n, 24n],
    ['events 2025', 15n, 25n],
    ['parent', 12n, 22n],
    ['plain', 10n, 20n],
  ]
  expect(counted.map(({ table, sourceRows, targetRows }) => [table, sourceRows, targetRows])).toEqual(
    expected,
  )
})

test('counts on the target what it calls otherwise, and tells it by the name on the source', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  for (const database of [source, target]) await database.query(namedObjectsSql)
  await source.query(namedRowsSql)
  await target.query(namedRowsSql)
  await target.query(`delete from a where id <= 4; delete from app.events where id = 3; ${allSorts.sql}`)
  const counted = await count(source, target, new AbortController().signal, allSorts)
  const different = counted.filter(({ sourceRows, targetRows }) => sourceRows !== targetRows)
  expect(different).toEqual([
    { schema: 'app', table: 'events_low', sourceRows: 100n, targetRows: 99n },
    { schema: 'public', table: 'a', sourceRows: 20n, targetRows: 16n },
  ])
  expect(counted).toHaveLength(9)

  await target.query('drop table b cascade')
  await expect(count(source, target, new AbortController().signal, allSorts)).rejects.toMatchObject({
    message: expect.stringContaining('public.b on the target'),
  })
})

test('names the table that the target does not have', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query('create table here (id int); create table "only here" (id int)')
  await target.query('create table here (id int)')
  await expect(count(source, target)).rejects.toMatchObject({
    code: 'STATEMENT_FAILED',
    message: expect.stringContaining('public.only here on the target'),
  })
})

test('ends with the reason of an abort while it waits for a lock', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query('create table t (id int)')
  await target.query('create table t (id int)')
  const blocker = await target.connect()
  await blocker.query('begin; lock table t')
  const reason = new Error('enough')
  const abort = new AbortController()
  const counting = count(source, target, abort.signal)
  const waiting = async () =>
    (
      await target.query(
        `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
      )
    ).rowCount === 1
  await waitFor(waiting, { describe: 'the count to wait for the lock' })
  abort.abort(reason)
  await expect(counting).rejects.toBe(reason)
})
