import { expect, test } from 'vitest'
import { compareDatabases } from '../../support/compare-databases.ts'
import { findLeftOvers, startTestWorker } from '../../support/control.ts'
import { settingsOf } from '../../support/connection.ts'
import { waitFor, type TestDatabase } from '../../support/servers.ts'
import { setScene, setWorkedScene, shopSql, waitForAlarm } from './scene.ts'

async function expectEqual(source: TestDatabase, target: TestDatabase): Promise<void> {
  const { tables } = await compareDatabases(settingsOf(source), settingsOf(target))
  expect(tables.filter((table) => table.differences.length > 0)).toEqual([])
  expect(tables.length).toBeGreaterThan(0)
}

async function counts(database: TestDatabase, sql: string): Promise<string | undefined> {
  return (await database.query<{ n: string }>(sql)).rows[0]?.n
}

const appliedSql = 'select applied_transactions::text as n from godwit.progress'

test('a whole migration: structure, rows, changes, completion; nothing of Godwit is left', async () => {
  await using scene = await setWorkedScene()
  const { source, target, migration } = scene
  await migration.start()
  await migration.waitForStep('INCREMENTAL')
  await source.query(`insert into purchase (customer_id, total) select 1, 5 from generate_series(1, 50)`)
  await source.query(`update customer set name = 'changed' where id <= 10`)
  await source.query(`delete from purchase where id <= 20`)
  await source.query(`select nextval('ticket')`)
  await migration.complete()
  const completed = await migration.waitForStatus('COMPLETED')

  await expectEqual(source, target)
  expect(completed.report?.rows).toBe(1100n)
  expect(completed.report?.appliedChanges).toBe(80n)
  expect(completed.report?.comparison.map((table) => table.table).toSorted()).toEqual([
    'customer',
    'purchase',
  ])
  expect(completed.problem).toBeNull()
  expect(await findLeftOvers(source, target)).toEqual([])
  const views = 'select count(*)::text as n from total_by_customer'
  expect(await counts(target, views)).toBe('100')
  const nextTicket = await counts(target, `select nextval('ticket')::text as n`)
  expect(Number(nextTicket)).toBeGreaterThan(1010)
})

test('without incremental a migration completes by itself', async () => {
  const kind = { structure: true, fullCopy: true, incremental: false }
  await using scene = await setWorkedScene({ kind })
  const { source, target, migration } = scene
  await migration.start()
  await migration.waitForStatus('COMPLETED')
  await expectEqual(source, target)
  expect(await findLeftOvers(source, target)).toEqual([])
})

test('structure alone moves no rows', async () => {
  const kind = { structure: true, fullCopy: false, incremental: false }
  await using scene = await setWorkedScene({ kind })
  const { target, migration } = scene
  await migration.start()
  await migration.waitForStatus('COMPLETED')
  expect(await counts(target, 'select count(*)::text as n from purchase')).toBe('0')
})

test('only what is selected is moved', async () => {
  const selection = { include: [{ schema: 'public' }], exclude: [{ schema: 'public', table: 'purchase' }] }
  const otherSql = 'create schema other; create table other.thing (id int primary key)'
  await using scene = await setWorkedScene({ selection, sql: shopSql + otherSql })
  const { source, target, migration } = scene
  await migration.start()
  await migration.waitForStep('INCREMENTAL')
  await source.query('insert into other.thing values (1)')
  await source.query(`insert into customer (name) values ('new')`)
  await migration.complete()
  await migration.waitForStatus('COMPLETED')
  const there = await target.query<{ name: string }>(
    `select relname as name from pg_class where relkind = 'r' and relnamespace::regnamespace::text in ('public', 'other')`,
  )
  expect(there.rows).toEqual([{ name: 'customer' }])
  expect(await counts(target, 'select count(*)::text as n from customer')).toBe('101')
})

test('after a pause, incremental goes on where it was', async () => {
  await using scene = await setWorkedScene()
  const { source, target, migration } = scene
  await migration.start()
  await migration.waitForStep('INCREMENTAL')
  await migration.act('PAUSE')
  await migration.waitForStatus('PAUSED')
  await source.query(`insert into customer (name) values ('while paused')`)
  await migration.act('RESUME')
  await migration.waitForStatus('RUNNING')
  await waitFor(async () => (await counts(target, 'select count(*)::text as n from customer')) === '101', {
    describe: () => migration.situation(),
  })
  await migration.complete()
  await migration.waitForStatus('COMPLETED')
  await expectEqual(source, target)
})

test('a completion while writes go on is refused, and incremental goes on', async () => {
  await using scene = await setWorkedScene()
  const { source, target, migration } = scene
  await migration.start()
  await migration.waitForStep('INCREMENTAL')
  // A row that the source does not have stands for a write that came too late: counts differ either way.
  await target.query(`insert into customer (id, name) overriding system value values (9999, 'extra')`)
  await migration.complete()
  await waitFor(async () => (await migration.read()).problem?.code === 'TARGET_DIFFERS', {
    describe: () => migration.situation(),
  })
  await migration.waitForStatus('RUNNING')
  await target.query('delete from customer where id = 9999')
  await migration.waitForStep('INCREMENTAL')
  await migration.complete()
  await migration.waitForStatus('COMPLETED')
  await expectEqual(source, target)
})

test('a diverged target fails the migration by name; after it is mended, retry goes on', async () => {
  await using scene = await setWorkedScene()
  const { source, target, migration } = scene
  await migration.start()
  await migration.waitForStep('INCREMENTAL')
  await target.query(`set session_replication_role = replica`)
  await target.query(`delete from customer where id = 5`)
  await source.query(`update customer set name = 'gone on the target' where id = 5`)
  const failed = await migration.waitForStatus('FAILED')
  expect(failed.problem?.code).toBe('TARGET_DIVERGED')
  expect(failed.problem?.message).toContain('customer')
  await waitForAlarm(scene, 'TARGET_DIVERGED', 'FIRING')
  await target.query(`insert into customer (id, name) overriding system value values (5, 'mended')`)
  await migration.act('RETRY')
  await migration.waitForStatus('RUNNING')
  await waitFor(async () => (await counts(target, appliedSql)) === '1', {
    describe: () => migration.situation(),
  })
  await waitForAlarm(scene, 'TARGET_DIVERGED', 'RESOLVED')
  expect((await migration.read()).status).toBe('RUNNING')
  await migration.complete()
  await migration.waitForStatus('COMPLETED')
  await expectEqual(source, target)
})

for (const step of ['PREPARE', 'STRUCTURE', 'FULL_COPY', 'INDEXES_AND_CONSTRAINTS', 'INCREMENTAL'] as const) {
  test(`a cancel during ${step} leaves nothing of Godwit on source or target`, async () => {
    await using scene = await setWorkedScene()
    const { source, target, migration } = scene
    await migration.start()
    await migration.waitForStep(step)
    await migration.act('CANCEL')
    await migration.waitForStatus('CANCELLED')
    expect(await findLeftOvers(source, target)).toEqual([])
  })
}

test('a lost connection is retried by itself, and the history says so', async () => {
  await using scene = await setWorkedScene()
  const { control, source, target, migration } = scene
  await migration.start()
  await migration.waitForStep('INCREMENTAL')
  await waitFor(
    async () => {
      const ended = await source.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and backend_type = 'walsender'`,
      )
      return (ended.rowCount ?? 0) > 0
    },
    { describe: () => migration.situation() },
  )
  await source.query(`insert into customer (name) values ('after the cut')`)
  await waitFor(async () => (await counts(target, 'select count(*)::text as n from customer')) === '101', {
    describe: () => migration.situation(),
  })
  const events = await control.stores.events.readMigration(migration.id, 0n, 100)
  expect(events.map((event) => event.type)).toContain('RETRY_SCHEDULED')
})

test('another worker takes over when the first hands over', async () => {
  await using scene = await setScene()
  const { control, source, target, migration } = scene
  {
    await using first = startTestWorker(control.stores, { owner: 'first' })
    await migration.start()
    await migration.waitForStep('INCREMENTAL')
    void first
  }
  await using second = startTestWorker(control.stores, { owner: 'second' })
  await source.query(`insert into customer (name) values ('for the second')`)
  await waitFor(async () => (await counts(target, 'select count(*)::text as n from customer')) === '101', {
    describe: () => migration.situation(),
  })
  const events = await control.stores.events.readMigration(migration.id, 0n, 100)
  expect(events.filter((event) => event.type === 'OWNER_CHANGED')).toHaveLength(2)
  void second
})
