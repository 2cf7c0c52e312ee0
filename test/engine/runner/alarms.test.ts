import { expect, test } from 'vitest'
import type { AlarmKind } from '../../../engine/index.ts'
import { openTestControl, startTestWorker, TestMigration } from '../../support/control.ts'
import { createDatabase, startServer, waitFor, type TestDatabase } from '../../support/servers.ts'
import { startWorkerProcess } from '../../support/worker-process.ts'
import { setScene, setWorkedScene, shopSql, waitForAlarm, type Scene } from './scene.ts'

const mebibyte = 1024 ** 2

const testContext = { actor: { kind: 'system', id: 'test', name: 'test' } } as const

async function readAlarmEvents(
  { control, migration }: Pick<Scene, 'control' | 'migration'>,
  kind: AlarmKind,
): Promise<readonly string[]> {
  const events = await control.stores.events.readMigration(migration.id, 0n, 1000)
  return events.filter(({ payload }) => payload['kind'] === kind).map(({ type }) => type)
}

test('a target that is held up raises the alarms of the lag, and ends them when it goes on', async () => {
  await using scene = await setWorkedScene()
  const { control, source, target, migration } = scene
  await control.stores.alarms.saveSettings(
    {
      migrationId: migration.id,
      rules: [
        { kind: 'LAG_SECONDS', raise: 2, clear: 1 },
        { kind: 'LAG_BYTES', raise: 100_000, clear: 50_000 },
        { kind: 'APPLY_STALLED', raise: 2, clear: 1 },
        { kind: 'LONG_TRANSACTION', raise: 2, clear: 1 },
      ],
    },
    testContext,
  )
  await migration.start()
  await migration.waitForStep('INCREMENTAL')
  await using blocker = await target.connect()
  await blocker.query('begin')
  await blocker.query('lock table customer in access exclusive mode')
  await source.query(
    `insert into customer (name) select repeat(md5(i::text), 20) from generate_series(1, 1000) as i`,
  )
  await using writer = await source.connect()
  await writer.query('begin')
  await writer.query(`insert into customer (name) values ('open for long')`)
  await waitForAlarm(scene, 'LONG_TRANSACTION', 'FIRING')
  const kinds = ['LAG_SECONDS', 'LAG_BYTES', 'APPLY_STALLED'] as const
  for (const kind of kinds) await waitForAlarm(scene, kind, 'FIRING')
  await blocker.query('rollback')
  await writer.query('commit')
  // Not that of the long transaction: tests beside this one have theirs on the same server.
  for (const kind of kinds) await waitForAlarm(scene, kind, 'RESOLVED')
  expect(await readAlarmEvents(scene, 'LAG_SECONDS')).toEqual(['ALARM_FIRING', 'ALARM_RESOLVED'])
  expect((await migration.read()).status).toBe('RUNNING')
})

/** The longest time that the applied position stayed where it was, though there was more to apply. */
async function readStandstillMs({ control, migration }: Scene): Promise<number> {
  const samples = await control.stores.migrations.lagSamples(migration.id, 1000)
  const positions = new Set(samples.map(({ appliedLsn }) => appliedLsn))
  const spansMs = [...positions].map((position) => {
    const times = samples
      .filter(({ appliedLsn, bytes }) => appliedLsn === position && bytes > 0n)
      .map(({ at }) => at.getTime())
    return times.length === 0 ? 0 : Math.max(...times) - Math.min(...times)
  })
  return Math.max(...spansMs)
}

test('a large transaction that the target takes in bit by bit is not a stalled apply', async () => {
  await using scene = await setWorkedScene()
  const { control, source, target, migration } = scene
  await control.stores.alarms.saveSettings(
    { migrationId: migration.id, rules: [{ kind: 'APPLY_STALLED', raise: 5, clear: 1 }] },
    testContext,
  )
  await migration.start()
  await migration.waitForStep('INCREMENTAL')
  await target.query(`
    create function be_slow() returns trigger language plpgsql as
      $$ begin perform pg_sleep(0.5); return null; end $$;
    create trigger slow before insert on customer for each statement execute function be_slow();
    alter table customer enable always trigger slow;`)
  await source.query(`insert into customer (name) select 'one of many' from generate_series(1, 240000)`)
  const countOf = async (database: TestDatabase) =>
    (await database.query<{ count: string }>('select count(*) from customer')).rows[0]?.count
  await waitFor(async () => (await countOf(target)) === (await countOf(source)), {
    timeoutMs: 100_000,
    describe: () => migration.situation(),
  })
  expect(await readStandstillMs(scene)).toBeGreaterThan(9_000)
  expect(await readAlarmEvents(scene, 'APPLY_STALLED')).toEqual([])
}, 240_000)

test('a target that is locked stalls the apply, whatever comes meanwhile', async () => {
  await using scene = await setWorkedScene()
  const { control, source, target, migration } = scene
  await control.stores.alarms.saveSettings(
    { migrationId: migration.id, rules: [{ kind: 'APPLY_STALLED', raise: 2, clear: 1 }] },
    testContext,
  )
  await migration.start()
  await migration.waitForStep('INCREMENTAL')
  await using blocker = await target.connect()
  await blocker.query('begin')
  await blocker.query('lock table customer in access exclusive mode')
  const isToldOf = async () => (await readAlarmEvents(scene, 'APPLY_STALLED')).includes('ALARM_FIRING')
  await waitFor(
    async () => {
      await source.query(`insert into customer (name) values ('meanwhile')`)
      return await isToldOf()
    },
    { timeoutMs: 60_000, describe: () => migration.situation() },
  )
  await blocker.query('rollback')
  await waitForAlarm(scene, 'APPLY_STALLED', 'RESOLVED')
  expect((await migration.read()).status).toBe('RUNNING')
}, 240_000)

test('a paused migration whose source goes on writing raises the alarms of the slot, until it has caught up', async () => {
  await using server = await startServer({
    version: 15,
    settings: { max_slot_wal_keep_size: '2GB', autovacuum: 'off' },
  })
  await using control = await openTestControl()
  await using target = await createDatabase('target')
  await using source = await createDatabase(server)
  await source.query(shopSql)
  const migration = await TestMigration.create(control.stores, { source, target })
  const scene = { control, migration }
  await control.stores.alarms.saveSettings(
    {
      migrationId: migration.id,
      rules: [
        { kind: 'WAL_RETAINED', raise: 64 * mebibyte, clear: 48 * mebibyte },
        { kind: 'SLOT_AT_RISK', raise: 1984 * mebibyte, clear: 2016 * mebibyte },
        { kind: 'LAG_BYTES', raise: mebibyte, clear: 0 },
      ],
    },
    testContext,
  )
  await using first = startTestWorker(control.stores)
  await using second = startTestWorker(control.stores)
  await migration.start()
  await migration.waitForStep('INCREMENTAL')
  await migration.act('PAUSE')
  await source.query(
    `select pg_logical_emit_message(false, 'test', repeat('x', 1000000)) from generate_series(1, 120)`,
  )
  await waitForAlarm(scene, 'WAL_RETAINED', 'FIRING')
  await waitForAlarm(scene, 'SLOT_AT_RISK', 'FIRING')
  expect(await readAlarmEvents(scene, 'LAG_BYTES')).toEqual([])
  await migration.act('RESUME')
  await source.query('checkpoint')
  await waitForAlarm(scene, 'WAL_RETAINED', 'RESOLVED')
  await waitForAlarm(scene, 'SLOT_AT_RISK', 'RESOLVED')
  expect((await migration.read()).status).toBe('RUNNING')
  void first
  void second
}, 240_000)

test('a worker that is killed is told of by another, until one takes over', async () => {
  await using scene = await setScene()
  const { control, migration } = scene
  await control.stores.alarms.saveSettings(
    { migrationId: migration.id, rules: [{ kind: 'WORKER_LOST', raise: 1 }] },
    testContext,
  )
  await using first = startWorkerProcess(control, { leaseTtlMs: 3_000 })
  await migration.start()
  await migration.waitForStep('INCREMENTAL')
  await first.kill()
  // It looks at all migrations, and has no room for one.
  await using watcher = startTestWorker(control.stores, { maxMigrations: 0 })
  await waitForAlarm(scene, 'WORKER_LOST', 'FIRING')
  await using second = startTestWorker(control.stores)
  await waitForAlarm(scene, 'WORKER_LOST', 'RESOLVED')
  expect(await readAlarmEvents(scene, 'WORKER_LOST')).toEqual(['ALARM_FIRING', 'ALARM_RESOLVED'])
  void watcher
  void second
})
