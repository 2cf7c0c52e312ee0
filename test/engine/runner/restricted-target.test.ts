import pg from 'pg'
import { expect, test } from 'vitest'
import { startTestWorker } from '../../support/control.ts'
import { holdStep } from '../../support/hold-step.ts'
import { startWorkerProcess } from '../../support/worker-process.ts'
import { createRole, queryServer, waitFor, type TestDatabase } from '../../support/servers.ts'
import { setScene, setWorkedScene } from './scene.ts'

/** The target's user may not set session_replication_role: what would act on incremental has to wait. */
const auditedSql = `
  create table a (id int primary key, n int);
  create table log (id serial primary key, a_id int references a, what text);
  create function note() returns trigger language plpgsql as $$
    begin insert into public.log (a_id, what) values (new.id, 'inserted'); return new; end $$;
  create trigger noting after insert on a for each row execute function note();
  insert into a select i, i from generate_series(1, 5) i;`

const heldBackSql = `
  select conname as name from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace
  union all select tgname from pg_trigger where not tgisinternal order by 1`

async function readNames(database: TestDatabase): Promise<readonly string[]> {
  return (await database.query<{ name: string }>(heldBackSql)).rows.map(({ name }) => name)
}

async function countLog(database: TestDatabase): Promise<number> {
  return (await database.query('select from log')).rowCount ?? 0
}

test('triggers and foreign keys are made at the completion, and act on nothing before', async () => {
  await using role = await createRole('target')
  await using scene = await setWorkedScene({ sql: auditedSql, role })
  const { source, target, migration } = scene
  await migration.start()
  await migration.waitForStep('INCREMENTAL')
  expect(await readNames(target)).toEqual([])
  await source.query('insert into a values (100, 1)')
  await migration.complete()
  await migration.waitForStatus('COMPLETED')
  expect(await readNames(target)).toEqual(await readNames(source))
  expect(await countLog(target)).toBe(6)
})

test('after a refused completion no trigger acts on what incremental writes', async () => {
  await using role = await createRole('target')
  await using scene = await setWorkedScene({ sql: auditedSql, role })
  const { source, target, migration } = scene
  await migration.start()
  await migration.waitForStep('INCREMENTAL')
  await target.query('insert into a values (999, 1)')
  await migration.complete()
  await waitFor(async () => (await migration.read()).problem?.code === 'TARGET_DIFFERS', {
    describe: () => migration.situation(),
  })
  await target.query('delete from a where id = 999')
  await source.query('insert into a values (100, 1)')
  await waitFor(async () => (await countLog(target)) >= 6, { describe: () => migration.situation() })
  expect(await readNames(target)).toEqual([])
  await migration.complete()
  await migration.waitForStatus('COMPLETED')
  expect(await countLog(target)).toBe(6)
})

test('a completion that is refused just before the release leaves no trigger behind', async () => {
  await using role = await createRole('target')
  await using scene = await setWorkedScene({ sql: auditedSql, role })
  const { source, target, control, migration } = scene
  await migration.start()
  await migration.waitForStep('INCREMENTAL')
  await using held = await holdStep(control, 'RELEASE', 'RUNNING')
  await migration.complete(await migration.plan({ fencing: 'READ_ONLY', maxPauseMs: 60_000 }))
  await held.reached()
  const admin = new pg.Client(control.databaseUrl)
  await admin.connect()
  await admin.query(
    `update godwit_control.steps set started_at = started_at - interval '1 hour' where step = 'FENCE'`,
  )
  await admin.query(
    `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = 4711 and not granted
        and database = (select oid from pg_database where datname = current_database())`,
  )
  await admin.end()
  await waitFor(async () => (await migration.read()).problem?.code === 'PAUSE_TOO_LONG', {
    describe: () => migration.situation(),
  })
  await held.release()
  await migration.waitForStatus('RUNNING')
  expect(await readNames(target)).toEqual([])
  await using session = await source.connect()
  await session.query('insert into a values (100, 1)')
  await waitFor(async () => (await countLog(target)) >= 6, { describe: () => migration.situation() })
  await migration.complete()
  await migration.waitForStatus('COMPLETED')
  expect(await countLog(target)).toBe(6)
})

test('a worker is killed while it makes what was held back: the next one makes it, and the pause counts it', async () => {
  await using role = await createRole('target')
  await using scene = await setScene({ sql: auditedSql, role })
  const { source, target, control, migration } = scene
  await using first = startWorkerProcess(control, { leaseTtlMs: 3_000 })
  await migration.start()
  await migration.waitForStep('INCREMENTAL')
  const expected = await readNames(source)
  await using holder = await target.connect()
  // Lets rows be counted, but no trigger be made.
  await holder.query('begin; lock table a in share mode')
  await migration.complete(await migration.plan({ fencing: 'READ_ONLY', maxPauseMs: 60_000 }))
  await migration.waitForStep('RELEASE')
  const saved = (await migration.read()).report!.pauseMs
  await waitFor(
    async () =>
      (
        await target.query(
          `select from pg_locks where not granted and relation = 'a'::regclass
            and database = (select oid from pg_database where datname = current_database())`,
        )
      ).rowCount,
    { describe: () => migration.situation() },
  )
  await first.kill()
  await holder.query('rollback')
  await using second = startTestWorker(control.stores, { owner: 'second' })
  const { report } = await migration.waitForStatus('COMPLETED')
  expect(await readNames(target)).toEqual(expected)
  expect(report!.pauseMs).toBeGreaterThan(saved)
  void second
})

test('what was held back is made even if the privilege is granted on the way', async () => {
  await using role = await createRole('target')
  await using scene = await setWorkedScene({ sql: auditedSql, role })
  const { source, target, migration } = scene
  await migration.start()
  await migration.waitForStep('INCREMENTAL')
  await queryServer('target', `grant set on parameter session_replication_role to ${role.user}`)
  try {
    await migration.complete()
    await migration.waitForStatus('COMPLETED')
  } finally {
    await queryServer('target', `revoke set on parameter session_replication_role from ${role.user}`)
  }
  expect(await readNames(target)).toEqual(await readNames(source))
})
