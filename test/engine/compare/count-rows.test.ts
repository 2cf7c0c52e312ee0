import { expect, test } from 'vitest'
import { readTables } from '../../../engine/catalog/index.ts'
import { countRows } from '../../../engine/compare/index.ts'
import { settingsOf } from '../../support/connection.ts'
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

async function count(source: TestDatabase, target: TestDatabase, signal = new AbortController().signal) {
  const tables = await readTables(await source.connect())
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
