import { expect, onTestFinished, test } from 'vitest'
import { compareDatabases } from '../support/compare-databases.ts'
import { settingsOf } from '../support/connection.ts'
import { findLeftOvers, openTestControl, TestMigration, type TestControl } from '../support/control.ts'
import { chooseSeed, seededRandom } from '../support/random.ts'
import { createDatabase, queryServer, startServer, waitFor, type TestDatabase } from '../support/servers.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import { startWorkerProcess, type WorkerProcess } from '../support/worker-process.ts'
import {
  itemsSql,
  readEpoch,
  startItemWriter,
  waitForArrival,
  waitForOwner,
  type ItemWriter,
} from './workers/crew.ts'

/** A migration of items under load. */
interface Moving extends AsyncDisposable {
  readonly source: TestDatabase
  readonly target: TestDatabase
  readonly migration: TestMigration
  readonly writer: ItemWriter
}

async function startMoving(control: TestControl): Promise<Moving> {
  await using opening = new AsyncDisposableStack()
  const source = opening.use(await createDatabase('source'))
  const target = opening.use(await createDatabase('target'))
  await source.query(itemsSql)
  const migration = await TestMigration.create(control.stores, { source, target })
  const writer = opening.use(await startItemWriter(source))
  const opened = opening.move()
  return { source, target, migration, writer, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

/** Stops the writes, completes, and finds every row that was committed on the target. */
async function finish({ source, target, migration, writer }: Moving): Promise<void> {
  expect(await writer.stop()).toBeGreaterThan(0)
  await migration.complete()
  await migration.waitForStatus('COMPLETED', 120_000)
  const { tables } = await compareDatabases(settingsOf(source), settingsOf(target))
  expect(tables.flatMap(({ differences }) => differences)).toEqual([])
  expect(await findLeftOvers(source, target)).toEqual([])
}

/** Starts workers and ends them with the test. */
function startWorkers(
  control: Pick<TestControl, 'databaseUrl' | 'secretKey'>,
  count: number,
  overrides: Parameters<typeof startWorkerProcess>[1] = {},
): WorkerProcess[] {
  const workers = Array.from({ length: count }, () => startWorkerProcess(control, overrides))
  onTestFinished(async () => {
    await Promise.all(workers.map((worker) => worker[Symbol.asyncDispose]()))
  })
  return workers
}

async function sessionsOf(
  database: TestDatabase,
  { shortId }: TestMigration,
  epoch: bigint,
): Promise<number> {
  const found = await database.query(
    'select from pg_stat_activity where datname = current_database() and application_name like $1',
    [`godwit ${shortId} e${epoch} %`],
  )
  return found.rowCount ?? 0
}

const kills = 6

test('several migrations go on and spread over three workers that are killed again and again', async () => {
  const random = seededRandom(chooseSeed())
  await using control = await openTestControl()
  await using all = new AsyncDisposableStack()
  const moving = [1, 2, 3, 4].map(() => startMoving(control))
  for (const each of moving) all.use(await each)
  const scenes = await Promise.all(moving)
  const workers = startWorkers(control, 3, { maxMigrations: 2 })
  await Promise.all(scenes.map(({ migration }) => migration.start()))

  for (let kill = 0; kill < kills; kill += 1) {
    const owners = await Promise.all(scenes.map(({ migration }) => waitForOwner(control, migration, workers)))
    // Each has room for two of the four.
    expect(new Set(owners.map(({ owner }) => owner)).size).toBeGreaterThanOrEqual(2)
    const victim = random.pick(owners)
    await victim.kill()
    workers[workers.indexOf(victim)] = startWorkerProcess(control, { maxMigrations: 2 })
  }
  await Promise.all(
    scenes.map(async ({ source, target, migration }) => {
      await migration.waitForStep('INCREMENTAL', 120_000)
      await waitForArrival(source, target, migration)
    }),
  )
  await Promise.all(scenes.map(finish))
  await Promise.all(workers.map((worker) => worker[Symbol.asyncDispose]()))
})

test('a worker cut off from the control database alone stops before its lease is up, and another goes on', async () => {
  const leaseTtlMs = 10_000
  await using control = await openTestControl()
  await using moving = await startMoving(control)
  const { source, target, migration } = moving
  const address = new URL(control.databaseUrl)
  await using proxy = await startTcpProxy({ host: address.hostname, port: Number(address.port) })
  address.port = String(proxy.port)
  const [cutOff] = startWorkers({ ...control, databaseUrl: address.href }, 1, { name: 'cut off', leaseTtlMs })
  await migration.start()
  await migration.waitForStep('INCREMENTAL')
  await waitForArrival(source, target, migration)
  const epoch = await readEpoch(control, migration)

  // Nobody else is there yet: what ends its sessions is itself.
  proxy.stall()
  const sessions = async () =>
    (await sessionsOf(source, migration, epoch)) + (await sessionsOf(target, migration, epoch))
  await waitFor(async () => (await sessions()) === 0, { describe: 'it to stop' })
  const owner = await control.stores.migrations.worker(migration.id)
  expect(owner).toBe(cutOff?.owner)

  const others = startWorkers(control, 1, { leaseTtlMs })
  await waitForOwner(control, migration, others)
  await waitForArrival(source, target, migration)
  proxy.mend()
  await finish(moving)
})

test('the control database restarts, and connections that listen are cut: everything goes on', async () => {
  await using server = await startServer({ version: 18 })
  await using control = await openTestControl(server)
  await using moving = await startMoving(control)
  const { source, target, migration } = moving
  startWorkers(control, 2)
  await migration.start()
  await migration.waitForStep('STRUCTURE')
  await server.restart('immediate')
  await untilAnswered(() => migration.waitForStep('INCREMENTAL', 120_000))
  await server.restart('fast')
  await waitForArrivalOnly(source, target)
  await untilAnswered(() => migration.read())

  await queryServer(
    server,
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'godwit doorbell'`,
  )
  const rung = Promise.withResolvers<void>()
  using _listening = control.stores.doorbell.subscribe((id) => {
    if (id === migration.id) rung.resolve()
  })
  await migration.act('PAUSE')
  await migration.waitForStatus('PAUSED')
  await migration.act('RESUME')
  await migration.waitForStatus('RUNNING')
  await rung.promise
  await waitForArrival(source, target, migration)
  const statuses = (await control.stores.events.readMigration(migration.id, 0n, 1_000)).map(
    ({ message }) => message,
  )
  expect(statuses).toContainEqual(expect.stringContaining('PAUSE: RUNNING to PAUSED'))
  await finish(moving)
})

/** Asks again while the control database does not answer. */
async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  let answer: { readonly value: T } | null = null
  await waitFor(
    async () => {
      answer = await ask().then(
        (value) => ({ value }),
        () => null,
      )
      return answer !== null
    },
    { timeoutMs: 120_000, describe: 'the control database to answer' },
  )
  if (answer === null) throw new Error('no answer')
  return (answer as { readonly value: T }).value
}

async function waitForArrivalOnly(source: TestDatabase, target: TestDatabase): Promise<void> {
  await source.query(`insert into item (note) values ('after the restart')`)
  await waitFor(
    async () => ((await target.query(`select from item where note = 'after the restart'`)).rowCount ?? 0) > 0,
    { timeoutMs: 60_000, describe: 'a row that was written after the restart' },
  )
}

test('a rolling restart of all workers during incremental loses nothing', async () => {
  await using control = await openTestControl()
  await using moving = await startMoving(control)
  const { source, target, migration } = moving
  // So long that nobody waits for it: every lease is handed over.
  const leaseTtlMs = 300_000
  const workers = startWorkers(control, 2, { leaseTtlMs })
  await migration.start()
  await migration.waitForStep('INCREMENTAL')
  const replacements: WorkerProcess[] = []
  for (const worker of workers) {
    const { exitCode } = await worker.stop()
    expect(exitCode).toBe(0)
    replacements.push(...startWorkers(control, 1, { leaseTtlMs }))
    await waitForArrival(source, target, migration)
  }
  await waitForOwner(control, migration, replacements)
  await finish(moving)
})
