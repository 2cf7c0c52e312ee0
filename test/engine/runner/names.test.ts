import { expect, test } from 'vitest'
import { compareDatabases, differencesOf } from '../../support/compare-databases.ts'
import { settingsOf } from '../../support/connection.ts'
import { findLeftOvers, startTestWorker } from '../../support/control.ts'
import { holdStep } from '../../support/hold-step.ts'
import { allSorts, namedObjectsSql, namedRowsSql } from '../../support/renaming.ts'
import { waitFor, type TestDatabase } from '../../support/servers.ts'
import { startWorkerProcess } from '../../support/worker-process.ts'
import { setScene } from './scene.ts'

const selection = { include: [], exclude: [], renames: allSorts.renames }

const sql = `${namedObjectsSql} ${namedRowsSql}
  refresh materialized view app.totals;
  refresh materialized view notes_of_a;
  select setval('app.numbers', 500)`

const tables = ['app.orders', 'app.events', 'a', 'b', 'letters', '"Odd ""T"".able"', 'stays']

/** One transaction over all tables, so that a change that is lost or made twice shows. */
async function change(source: TestDatabase, round: number): Promise<void> {
  const changes = tables.flatMap((table) => [
    `update ${table} set note = note || '.' where id % 2 = ${round % 2}`,
    `delete from ${table} where id = ${round + 2}`,
  ])
  await source.query(`begin; ${changes.join('; ')};
    insert into app.log values ('round ${round}'); update app.log set note = note || '.' where note = 'line 0';
    insert into app.orders (note) values ('round ${round}'); insert into letters (note) values ('round ${round}');
    update app.events set id = id + 100 where id = ${round + 50} and not exists (
      select from app.events where id = ${round + 150}); commit`)
}

async function expectEqual(source: TestDatabase, target: TestDatabase): Promise<void> {
  const { namesOnTarget } = allSorts
  const compared = await compareDatabases(settingsOf(source), settingsOf(target), { namesOnTarget })
  expect(differencesOf(compared)).toEqual([])
  expect(compared.tables).toHaveLength(9)
}

test('a whole migration to other names, with a worker killed in the full copy and one while changes are applied', async () => {
  await using scene = await setScene({ sql, selection })
  const { control, source, target, migration } = scene
  {
    await using first = startWorkerProcess(control, { name: 'first' })
    await using copied = await holdStep(control, 'FULL_COPY', 'DONE')
    await migration.start()
    await copied.reached()
    await first.kill()
  }
  await change(source, 1)
  {
    await using second = startWorkerProcess(control, { name: 'second' })
    await migration.waitForStep('INCREMENTAL')
    await change(source, 2)
    const applied = 'select from godwit.progress where applied_transactions > 0'
    await waitFor(async () => (await target.query(applied)).rowCount === 1, {
      describe: () => migration.situation(),
    })
    await change(source, 3)
    await second.kill()
  }
  await change(source, 4)
  await using third = startTestWorker(control.stores, { owner: 'third' })
  await migration.complete()
  const { report, problem } = await migration.waitForStatus('COMPLETED')
  expect(problem).toBeNull()

  await expectEqual(source, target)
  expect(await findLeftOvers(source, target)).toEqual([])
  const oldNames = `select from pg_namespace where nspname = 'app'`
  expect((await target.query(oldNames)).rowCount).toBe(0)
  expect(report?.comparison.map(({ schema, table }) => `${schema}.${table}`)).toContain('app.events_low')
  expect(report?.cleanUp.filter(({ what }) => what.includes('REPLICA IDENTITY FULL'))).toMatchObject([
    { side: 'TARGET', statements: ['ALTER TABLE "Shop ""x"".y"."log" REPLICA IDENTITY DEFAULT;'] },
    { side: 'SOURCE', statements: ['ALTER TABLE "app"."log" REPLICA IDENTITY DEFAULT;'] },
  ])
  const aligned = await target.query(
    `select nextval('"Shop ""x"".y".numbers')::int as numbers, (select n from "Shop ""x"".y".totals) as orders,
              (select array_agg(note order by note) from notes_of_a) as notes`,
  )
  const asOnSource = await source.query(
    `select (select last_value from app.numbers)::int + 2 as numbers, (select count(*)::int from app.orders) as orders,
              (select array_agg(note order by note) from a) as notes`,
  )
  expect(aligned.rows).toEqual(asOnSource.rows)
  void third
}, 150_000)

test('without structure, tables are found under the names that they have on the target', async () => {
  const kind = { structure: false, fullCopy: true, incremental: true }
  await using scene = await setScene({ sql, selection, kind })
  const { control, source, target, migration } = scene
  await target.query(`${namedObjectsSql} ${allSorts.sql}`)
  await using worker = startTestWorker(control.stores)
  await migration.act('VERIFY')
  await migration.waitForStatus('READY')
  await target.query(`insert into b values (99, 'was there')`)
  await migration.act('START')
  const failed = await migration.waitForStatus('FAILED')
  expect(failed.problem).toMatchObject({
    code: 'TARGET_NOT_EMPTY',
    message: 'The table public.b on the target has rows already.',
  })
  await target.query('delete from b')
  await migration.act('RETRY')
  await migration.waitForStep('INCREMENTAL')
  await change(source, 1)
  await migration.complete()
  await migration.waitForStatus('COMPLETED')
  await expectEqual(source, target)
  void worker
})
