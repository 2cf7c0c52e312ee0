import { expect, test } from 'vitest'
import { compareDatabases } from '../../support/compare-databases.ts'
import { settingsOf } from '../../support/connection.ts'
import { TestMigration, openTestControl } from '../../support/control.ts'
import { createDatabase, waitFor, type TestDatabase } from '../../support/servers.ts'
import { startTcpProxy } from '../../support/tcp-proxy.ts'
import { startWorkerProcess } from '../../support/worker-process.ts'
import { setScene, type Scene } from './scene.ts'

/** So long that a test would not live to see it run out: who takes over sooner was handed the lease. */
const leaseTtlMs = 300_000

/** What an operator's machinery grants before it kills. */
const graceMs = 10_000

const rowsOnly = { structure: false, fullCopy: true, incremental: true }
const itemsSql = `
  create table item (id int primary key, note text);
  insert into item select i, 'item ' || i from generate_series(1, 1000) i`

/** A table that takes no rows as long as somebody holds the advisory lock 1. */
const gatedItemsSql = `
  create table item (id int primary key, note text);
  create function pass_gate() returns trigger language plpgsql as
    $$ begin perform pg_catalog.pg_advisory_xact_lock_shared(1); return null; end $$;
  create trigger gate before insert on item for each statement execute function pass_gate();
  alter table item enable always trigger gate`

async function closeGate(target: TestDatabase): Promise<{ open(): Promise<unknown> }> {
  await target.query(gatedItemsSql)
  const keeper = await target.connect()
  await keeper.query('select pg_advisory_lock(1)')
  return { open: () => keeper.query('select pg_advisory_unlock(1)') }
}

/** Waits until the copy waits at the gate. */
async function waitForCopy(target: TestDatabase, situation: () => Promise<string>): Promise<void> {
  await waitForRows(
    target,
    `select from pg_stat_activity
      where datname = current_database() and application_name like 'godwit %' and wait_event = 'advisory'`,
    situation,
  )
}

async function waitForWorker({ control, migration }: Scene, owner: string | null): Promise<void> {
  await waitFor(async () => (await control.stores.migrations.worker(migration.id)) === owner, {
    describe: async () => `${owner ?? 'nobody'} to have the migration (${await migration.situation()})`,
  })
}

async function waitForRows(target: TestDatabase, sql: string, situation: () => Promise<string>) {
  await waitFor(async () => ((await target.query(sql)).rowCount ?? 0) > 0, { describe: situation })
}

async function expectEqual(source: TestDatabase, target: TestDatabase): Promise<void> {
  const { tables } = await compareDatabases(settingsOf(source), settingsOf(target))
  expect(tables.flatMap(({ differences }) => differences)).toEqual([])
  expect(tables.length).toBeGreaterThan(0)
}

test('SIGTERM in the full copy: the worker ends in time, and another goes on at once', async () => {
  await using scene = await setScene({ kind: rowsOnly, sql: itemsSql })
  const { control, source, target, migration } = scene
  const gate = await closeGate(target)
  await using first = startWorkerProcess(control, { name: 'first', leaseTtlMs })
  await migration.start()
  await waitForCopy(target, () => migration.situation())
  const { exitCode, tookMs } = await first.stop()
  expect(exitCode).toBe(0)
  expect(tookMs).toBeLessThan(graceMs)
  await waitForWorker(scene, null)

  await using second = startWorkerProcess(control, { name: 'second', leaseTtlMs })
  await waitForWorker(scene, second.owner)
  await gate.open()
  await migration.waitForStep('INCREMENTAL')
  await expectEqual(source, target)
})

test('SIGTERM in incremental: the worker ends in time, and another applies what is written meanwhile', async () => {
  await using scene = await setScene()
  const { control, source, target, migration } = scene
  await using first = startWorkerProcess(control, { name: 'first', leaseTtlMs })
  await using second = startWorkerProcess(control, { name: 'second', leaseTtlMs })
  const byOwner = new Map([first, second].map((worker) => [worker.owner, worker]))
  await migration.start()
  await migration.waitForStep('INCREMENTAL')
  const owner = (await control.stores.migrations.worker(migration.id)) ?? ''
  const stopped = byOwner.get(owner)?.stop()
  await source.query(`insert into customer (name) values ('in between')`)
  expect((await stopped)?.exitCode).toBe(0)
  expect((await stopped)?.tookMs).toBeLessThan(graceMs)
  await waitForRows(target, `select from customer where name = 'in between'`, () => migration.situation())
  const successor = await control.stores.migrations.worker(migration.id)
  expect([...byOwner.keys()].filter((each) => each !== owner)).toEqual([successor])
})

test('SIGTERM while the source does not answer: the worker ends in time all the same, its lease released', async () => {
  await using control = await openTestControl()
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query(itemsSql)
  await closeGate(target)
  await using proxy = await startTcpProxy(source)
  const migration = await TestMigration.create(control.stores, {
    source: { ...source, host: proxy.host, port: proxy.port },
    target,
    kind: rowsOnly,
  })
  await using worker = startWorkerProcess(control, { leaseTtlMs })
  await migration.start()
  await waitForCopy(target, () => migration.situation())
  proxy.stall()
  const { tookMs } = await worker.stop()
  expect(tookMs).toBeLessThan(graceMs)
  expect(await control.stores.migrations.worker(migration.id)).toBeNull()
})
