import { expect, test } from 'vitest'
import { compareDatabases } from '../support/compare-databases.ts'
import { settingsOf } from '../support/connection.ts'
import { findLeftOvers, openTestControl, TestMigration } from '../support/control.ts'
import { createDatabase } from '../support/servers.ts'
import { startWorkerProcess } from '../support/worker-process.ts'
import { itemsSql, readEpoch, startItemWriter, waitForArrival, waitForOwner } from './workers/crew.ts'
import { freeze, waitForBlocked, wakeUp, workOf, type FrozenScene } from './workers/frozen.ts'
import { createLoggedDatabase, writesOf, type LoggedDatabase } from './workers/statement-log.ts'

async function epochOnTarget({ database }: LoggedDatabase): Promise<string | undefined> {
  const found = await database.query<{ epoch: string }>(
    'select lease_epoch::text as epoch from godwit.progress',
  )
  return found.rows[0]?.epoch
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
  const scene: FrozenScene = { control, source, target, migration, other }
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
