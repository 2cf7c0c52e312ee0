import { expect, test } from 'vitest'
import { findLeftOvers, startTestWorker } from '../../../support/control.ts'
import { holdStep, holdWrite, type WriteHold } from '../../../support/hold-step.ts'
import { createRole, waitFor, type TestDatabase } from '../../../support/servers.ts'
import { startWorkerProcess } from '../../../support/worker-process.ts'
import { setScene, shopSql, type Scene } from '../scene.ts'
import { eventsOf, reachIncremental } from './cutover-scene.ts'

const longTestMs = 150_000

/** What an operator's machinery grants before it kills. */
const graceMs = 10_000

/** The target's user may not pass triggers and foreign keys by, so they are made in RELEASE. */
const watchedSql = `${shopSql}
  create table seen (customer_id int primary key);
  create function see() returns trigger language plpgsql as $$
    begin insert into public.seen values (new.id); return new; end $$;
  create trigger seeing after insert on customer for each row execute function see();`

async function heldBackOf(database: Pick<TestDatabase, 'query'>): Promise<readonly string[]> {
  const { rows } = await database.query<{ name: string }>(
    `select conname as name from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace
     union all select tgname from pg_trigger where not tgisinternal order by 1`,
  )
  return rows.map(({ name }) => name)
}

/** Takes a lock when RELEASE is about to begin, so that nothing before waits for it. */
async function holdInRelease(scene: Scene, lock: () => Promise<WriteHold>): Promise<WriteHold> {
  await using opening = new AsyncDisposableStack()
  const begin = opening.use(await holdStep(scene.control, 'RELEASE', 'RUNNING'))
  let release = () => begin.release()
  const held = opening.move()
  return {
    reached: async () => {
      await begin.reached()
      const locked = held.use(await lock())
      release = () => locked.release()
      await begin.release()
      await locked.reached()
    },
    release: () => release(),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

const waitingSql = `
  select pid from pg_stat_activity where $1 = any (pg_blocking_pids(pid)) and application_name like 'godwit %'`

/**
 * Runs a statement that keeps its lock until it is released; reached when a session of Godwit waits for that. Whoever
 * waits is ended before: what was sent by a worker that is gone would be done all the same.
 */
async function lockBy(database: TestDatabase, statement: string): Promise<WriteHold> {
  const holder = await database.connect({ options: '-c default_transaction_read_only=off' })
  await holder.query(`begin; ${statement}`)
  const [own] = (await holder.query<{ pid: number }>('select pg_backend_pid() as pid')).rows
  return {
    reached: async () => {
      await using watching = await database.connect()
      await waitFor(async () => (await watching.query(waitingSql, [own!.pid])).rowCount === 1, {
        describe: `Godwit to wait for: ${statement}`,
      })
    },
    release: async () => {
      await holder.query(`select pg_terminate_backend(pid, 10000) from (${waitingSql}) as waiting`, [
        own!.pid,
      ])
      await holder.query('rollback')
    },
    [Symbol.asyncDispose]: () => holder[Symbol.asyncDispose](),
  }
}

/** In their order. */
const places = {
  'between slot and publication': (scene: Scene) =>
    holdInRelease(scene, () => lockBy(scene.source, 'lock table pg_publication in share mode')),
  'between publication and target': (scene: Scene) =>
    holdInRelease(scene, () => lockBy(scene.target, 'select from godwit.progress for share')),
  'before it is forgotten that something was held back': ({ control }: Scene) =>
    holdWrite(control, { on: 'update', table: 'streams', when: 'old.held_back and not new.held_back' }),
  'in the statistics': (scene: Scene) =>
    holdInRelease(scene, () => lockBy(scene.target, 'lock table seen in share update exclusive mode')),
  'between the bookkeeping and the end of the step': ({ control }: Scene) =>
    holdStep(control, 'RELEASE', 'DONE'),
  'before the change of status': ({ control }: Scene) =>
    holdWrite(control, { on: 'update', table: 'migrations', when: `new.status = 'COMPLETED'` }),
} as const

async function setWatchedScene() {
  await using opening = new AsyncDisposableStack()
  const role = opening.use(await createRole('target'))
  const scene = opening.use(await setScene({ sql: watchedSql, role }))
  const expected = await heldBackOf(scene.source)
  expect(expected.length).toBeGreaterThan(1)
  const opened = opening.move()
  return { ...scene, expected, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

/** Nothing of Godwit is left but the fence, and nothing is missing. */
async function expectReleased(scene: Scene, expected: readonly string[]): Promise<void> {
  const { source, target, control, migration } = scene
  await using session = await source.connect()
  const reachable = { ...source, query: session.query.bind(session) }
  expect(await findLeftOvers(reachable, target)).toEqual([])
  expect(await heldBackOf(target)).toEqual(expected)
  const fence = await control.stores.migrations.fence(migration.id)
  expect(fence).toMatchObject({ mode: 'READ_ONLY', givenUp: null })
  await expect(session.query(`insert into customer (name) values ('late')`)).rejects.toMatchObject({
    code: '25006',
  })
  const { report } = await migration.read()
  expect(report?.steps.map(({ step }) => step)).toContain('RELEASE')
  expect(report?.cleanUp.find(({ side }) => side === 'SOURCE')?.statements).toEqual(
    fence!.undo.map((statement) => `${statement};`),
  )
}

for (const [where, hold] of Object.entries(places)) {
  test(
    `a worker is killed in RELEASE, ${where}: the next one ends it, and nothing is left behind`,
    async () => {
      await using scene = await setWatchedScene()
      const { control, migration } = scene
      await using first = startWorkerProcess(control, { leaseTtlMs: 3_000 })
      await reachIncremental(scene)
      await using held = await hold(scene)
      await migration.complete(await migration.plan({ fencing: 'READ_ONLY' }))
      await held.reached()
      await first.kill()
      await held.release()
      await using second = startTestWorker(control.stores, { owner: 'second' })
      await migration.waitForStatus('COMPLETED')
      await expectReleased(scene, scene.expected)
      void second
    },
    longTestMs,
  )
}

for (const where of ['between publication and target', 'in the statistics'] as const) {
  test(
    `SIGTERM in RELEASE, ${where}: the worker ends in time, and another goes on at once`,
    async () => {
      await using scene = await setWatchedScene()
      const { control, migration } = scene
      // So long that the test would not live to see it run out.
      await using first = startWorkerProcess(control, { leaseTtlMs: 300_000 })
      await reachIncremental(scene)
      await using held = await places[where](scene)
      await migration.complete(await migration.plan({ fencing: 'READ_ONLY' }))
      await held.reached()
      const { exitCode, tookMs } = await first.stop()
      expect(exitCode).toBe(0)
      expect(tookMs).toBeLessThan(graceMs)
      await held.release()
      await using second = startTestWorker(control.stores, { owner: 'second' })
      await migration.waitForStatus('COMPLETED')
      await expectReleased(scene, scene.expected)
      // The fence is to stay: nobody has to lift it.
      expect(await eventsOf(scene, 'SOURCE_FENCED')).toEqual([])
      void second
    },
    longTestMs,
  )
}
