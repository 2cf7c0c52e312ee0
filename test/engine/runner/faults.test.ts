import { expect, test } from 'vitest'
import { findLeftOvers, startTestWorker } from '../../support/control.ts'
import { waitFor, type TestDatabase } from '../../support/servers.ts'
import { setScene, setWorkedScene, type Scene } from './scene.ts'

/** Brings a migration to incremental with a worker that has handed over again. */
async function reachIncremental({ control, migration }: Scene): Promise<void> {
  await using worker = startTestWorker(control.stores)
  await migration.start()
  await migration.waitForStep('INCREMENTAL')
  void worker
}

/** Ends sessions of the target that take over, picked by a condition on pg_stat_activity; true when there was one. */
async function endTakeOver(target: TestDatabase, condition: string): Promise<boolean> {
  const ended = await target.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name like 'godwit % take over' and ${condition}`,
  )
  return (ended.rowCount ?? 0) > 0
}

test('a cancel after a failure before the first step leaves nothing on the target', async () => {
  const selection = {
    include: [
      { schema: 'public', table: 'customer' },
      { schema: 'public', table: 'extra' },
    ],
    exclude: [],
  }
  await using scene = await setScene({
    selection,
    sql: 'create table customer (id int primary key); create table extra (id int primary key)',
  })
  const { control, source, target, migration } = scene
  {
    await using worker = startTestWorker(control.stores)
    await migration.act('VERIFY')
    await migration.waitForStatus('READY')
    void worker
  }
  await source.query('drop table extra')
  await migration.act('START')
  await using worker = startTestWorker(control.stores)
  const failed = await migration.waitForStatus('FAILED')
  expect(failed.problem?.message).toContain('extra')
  await migration.act('CANCEL')
  await migration.waitForStatus('CANCELLED')
  expect(await findLeftOvers(source, target)).toEqual([])
  void worker
})

test('a take-over that loses its session is tried again', async () => {
  await using scene = await setScene()
  const { control, target, migration } = scene
  await reachIncremental(scene)
  await using blocker = await target.connect()
  await blocker.query('begin')
  await blocker.query('select from godwit.progress for share')
  await using worker = startTestWorker(control.stores)
  await waitFor(() => endTakeOver(target, `wait_event_type = 'Lock'`), {
    describe: () => migration.situation(),
  })
  await waitFor(async () => (await migration.read()).problem?.code === 'CONNECTION_LOST', {
    describe: () => migration.situation(),
  })
  await blocker.query('commit')
  await waitFor(
    async () => (await migration.read()).problem === null || (await migration.read()).status === 'FAILED',
    {
      timeoutMs: 90_000,
      describe: () => migration.situation(),
    },
  )
  expect((await migration.read()).status).toBe('RUNNING')
  void worker
})

test('a take-over goes on without its helper', async () => {
  await using scene = await setScene()
  const { control, target, migration } = scene
  await reachIncremental(scene)
  await using blocker = await target.connect()
  await blocker.query('begin')
  await blocker.query('select from godwit.progress for share')
  await using worker = startTestWorker(control.stores)
  const waiting = `exists (select from pg_stat_activity b where b.datname = current_database()
    and b.application_name like 'godwit % take over' and b.wait_event_type = 'Lock')`
  await waitFor(() => endTakeOver(target, `state = 'idle' and ${waiting}`), {
    describe: () => migration.situation(),
  })
  await blocker.query('commit')
  await scene.source.query(`insert into customer (name) values ('afterwards')`)
  await waitFor(
    async () => (await target.query(`select from customer where name = 'afterwards'`)).rowCount === 1,
    {
      describe: () => migration.situation(),
    },
  )
  expect((await migration.read()).problem).toBeNull()
  void worker
})

test('a pause during the full copy does not leave a slot that holds back the log', async () => {
  await using scene = await setWorkedScene()
  const { source, migration } = scene
  await using blocker = await source.connect()
  await migration.act('VERIFY')
  await migration.waitForStatus('READY')
  await migration.act('START')
  await migration.waitForStep('PREPARE')
  // Before it is ready, it would wait for the transaction of the blocker, and the blocker for it.
  const isReady =
    'select from pg_replication_slots where database = current_database() and confirmed_flush_lsn is not null'
  await waitFor(async () => (await source.query(isReady)).rowCount === 1, {
    describe: () => migration.situation(),
  })
  // Holds up pg_dump or the copy, whichever comes first.
  await blocker.query('begin')
  await blocker.query('lock table customer in access exclusive mode')
  await migration.act('PAUSE')
  await migration.waitForStatus('PAUSED')
  await waitFor(async () => (await findSlots(source)) === 0, { describe: () => migration.situation() })
  await blocker.query('rollback')
  await migration.act('RESUME')
  await migration.waitForStep('INCREMENTAL')
  expect(await findSlots(source)).toBe(1)
})

test('a full copy that failed starts over on retry, when its cause is mended', async () => {
  const kind = { structure: false, fullCopy: true, incremental: true }
  await using scene = await setWorkedScene({
    sql: 'create table a (id int primary key, n int); insert into a select i, i from generate_series(1, 500) i',
    kind,
  })
  const { source, target, migration } = scene
  await target.query('create table a (id int primary key, n int check (n < 400))')
  await migration.start()
  const failed = await migration.waitForStatus('FAILED')
  expect(failed.problem?.message).toContain('public.a')
  expect(await findSlots(source)).toBe(0)
  await target.query('alter table a drop constraint a_n_check')
  await migration.act('RETRY')
  await migration.waitForStep('INCREMENTAL')
  expect((await target.query('select from a')).rowCount).toBe(500)
  expect((await migration.read()).problem).toBeNull()
})

async function findSlots(source: TestDatabase): Promise<number> {
  const slots = await source.query('select from pg_replication_slots where database = current_database()')
  return slots.rowCount ?? 0
}
