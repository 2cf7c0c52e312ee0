import { expect, test } from 'vitest'
import { compareDatabases } from '../support/compare-databases.ts'
import { settingsOf } from '../support/connection.ts'
import { findLeftOvers, openTestControl, TestMigration, type TestControl } from '../support/control.ts'
import { createDatabase, waitFor, type TestDatabase } from '../support/servers.ts'
import { startWorkerProcess, type WorkerProcess } from '../support/worker-process.ts'
import { itemsSql, readEpoch, startItemWriter, waitForArrival, waitForOwner } from './workers/crew.ts'
import { createLoggedDatabase, writesOf, type LoggedDatabase } from './workers/statement-log.ts'

interface Scene {
  readonly control: TestControl
  readonly source: LoggedDatabase
  readonly target: LoggedDatabase
  readonly migration: TestMigration
  /** Only there to be verified. */
  readonly other: TestMigration
}

/** What a worker had done when it was frozen, and must not have added to when it is awake again. */
interface Frozen {
  readonly worker: WorkerProcess
  readonly epoch: bigint
}

async function freeze({ control, migration }: Scene, worker: WorkerProcess): Promise<Frozen> {
  const epoch = await readEpoch(control, migration)
  worker.freeze()
  return { worker, epoch }
}

/** Wakes it up, and waits until it works again: the other migration is verified until it is the one that does it. */
async function wakeUp({ control, other }: Scene, { worker }: Frozen): Promise<void> {
  worker.wakeUp()
  const verifiers: (string | null | undefined)[] = []
  await waitFor(
    async () => {
      await other.act('VERIFY')
      await other.waitForStatus('READY')
      const events = await control.stores.events.readMigration(other.id, 0n, 1_000)
      verifiers.push(events.findLast(({ type }) => type === 'VERIFY_FINISHED')?.actor.id)
      return verifiers.at(-1) === worker.owner
    },
    { timeoutMs: 60_000, describe: () => `${worker.owner} to verify, not only ${verifiers.join(', ')}` },
  )
}

/** What a former owner has written to source and target, and the number of its events. */
async function workOf({ control, source, target, migration }: Scene, { worker, epoch }: Frozen) {
  const owner = { shortId: migration.shortId, epoch }
  const events = await control.stores.events.readMigration(migration.id, 0n, 1_000)
  return {
    onSource: writesOf(await source.statements(), owner),
    onTarget: writesOf(await target.statements(), owner),
    events: events.filter(({ actor }) => actor.id === worker.owner).length,
  }
}

async function epochOnTarget({ database }: LoggedDatabase): Promise<string | undefined> {
  const found = await database.query<{ epoch: string }>(
    'select lease_epoch::text as epoch from godwit.progress',
  )
  return found.rows[0]?.epoch
}

/** Waits until the owner of the epoch waits for a lock of the table. */
async function waitForBlocked(source: TestDatabase, { shortId }: TestMigration, epoch: bigint) {
  await waitFor(
    async () =>
      (
        await source.query(
          `select from pg_stat_activity where wait_event_type = 'Lock' and application_name like $1`,
          [`godwit ${shortId} e${epoch} %`],
        )
      ).rowCount === 1,
    { timeoutMs: 60_000, describe: `epoch ${epoch} to wait for the lock` },
  )
}

test('a worker that wakes up after another has taken over writes nothing any more: source, target, control', async () => {
  await using control = await openTestControl()
  await using source = await createLoggedDatabase(15)
  await using target = await createLoggedDatabase(18)
  await using otherSource = await createDatabase('source')
  await using otherTarget = await createDatabase('target')
  await source.database.query(itemsSql)
  const migration = await TestMigration.create(control.stores, {
    source: source.database,
    target: target.database,
  })
  const other = await TestMigration.create(control.stores, {
    source: otherSource,
    target: otherTarget,
  })
  const scene: Scene = { control, source, target, migration, other }
  const settings = { maxMigrations: 1 }

  // Frozen while its CREATE PUBLICATION waits for a lock on the source.
  await using first = startWorkerProcess(control, { name: 'first', ...settings })
  await migration.act('VERIFY')
  await migration.waitForStatus('READY')
  await using blocker = await source.database.connect()
  await blocker.query('begin')
  await blocker.query('lock table item in share update exclusive mode')
  await migration.act('START')
  await migration.waitForStep('PREPARE')
  await waitForBlocked(source.database, migration, await readEpoch(control, migration))
  const inPrepare = await freeze(scene, first)
  await using second = startWorkerProcess(control, { name: 'second', ...settings })
  await waitForOwner(control, migration, [second])
  const successor = await readEpoch(control, migration)
  await waitForBlocked(source.database, migration, successor)
  const before = await workOf(scene, inPrepare)
  await wakeUp(scene, inPrepare)
  await blocker.query('rollback')
  await migration.waitForStep('INCREMENTAL')
  expect(await workOf(scene, inPrepare)).toEqual(before)
  expect(before.onSource.map(({ text }) => text).filter((text) => /publication|slot/i.test(text))).toEqual([
    expect.stringMatching(/^drop publication if exists/),
  ])
  expect(
    writesOf(await source.statements(), { shortId: migration.shortId, epoch: successor }).some(({ text }) =>
      text.startsWith('create publication'),
    ),
  ).toBe(true)
  expect(await epochOnTarget(target)).toBe(String(successor))

  // Frozen while it applies changes under load.
  await using writer = await startItemWriter(source.database)
  await waitForArrival(source.database, target.database, migration)
  const inIncremental = await freeze(scene, second)
  await waitForOwner(control, migration, [first])
  await waitForArrival(source.database, target.database, migration)
  const applied = await workOf(scene, inIncremental)
  expect(applied.onSource.map(({ text }) => text)).toContainEqual(
    expect.stringContaining('START_REPLICATION'),
  )
  expect(applied.onTarget.length).toBeGreaterThan(0)
  await wakeUp(scene, inIncremental)
  await waitForArrival(source.database, target.database, migration)
  expect(await workOf(scene, inIncremental)).toEqual(applied)
  const last = await readEpoch(control, migration)
  expect(last).toBeGreaterThan(successor)
  expect(await epochOnTarget(target)).toBe(String(last))

  expect(await writer.stop()).toBeGreaterThan(0)
  await migration.complete()
  await migration.waitForStatus('COMPLETED')
  expect(await workOf(scene, inIncremental)).toEqual(applied)
  const { tables } = await compareDatabases(settingsOf(source.database), settingsOf(target.database))
  expect(tables.flatMap(({ differences }) => differences)).toEqual([])
  expect(await findLeftOvers(source.database, target.database)).toEqual([])
})
