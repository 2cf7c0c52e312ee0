import { expect, test } from 'vitest'
import { lockTarget } from '../engine/runner/cutover/cutover-scene.ts'
import { openTestControl, TestMigration } from '../support/control.ts'
import { readFenceState } from '../support/fence-state.ts'
import { createDatabase, waitFor } from '../support/servers.ts'
import { startWorkerProcess } from '../support/worker-process.ts'
import { itemsSql, readEpoch, waitForOwner } from './workers/crew.ts'
import { freeze, waitForBlocked, wakeUp, workOf, type FrozenScene } from './workers/frozen.ts'
import { createLoggedDatabase, writesOf } from './workers/statement-log.ts'

/** One migration of which each worker has room, so that the other one shows who is awake. */
const settings = { maxMigrations: 1 }

async function setLoggedScene(): Promise<FrozenScene & AsyncDisposable> {
  await using opening = new AsyncDisposableStack()
  const control = opening.use(await openTestControl())
  const source = opening.use(await createLoggedDatabase(15))
  const target = opening.use(await createLoggedDatabase(18))
  const otherSource = opening.use(await createDatabase('source'))
  const otherTarget = opening.use(await createDatabase('target'))
  await source.database.query(itemsSql)
  const { stores } = control
  const servers = { source: source.database, target: target.database }
  const migration = await TestMigration.create(stores, servers)
  const other = await TestMigration.create(stores, { source: otherSource, target: otherTarget })
  const opened = opening.move()
  return { control, source, target, migration, other, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

async function stateOf({ control, source, migration }: FrozenScene): Promise<unknown> {
  await using session = await source.database.connect()
  return {
    fence: await readFenceState(session),
    recorded: await control.stores.migrations.fence(migration.id),
    status: (await migration.read()).status,
  }
}

test('a worker that is frozen while it fences, and wakes up after another has completed, adds nothing to the source', async () => {
  await using scene = await setLoggedScene()
  const { control, source, migration } = scene
  await using first = startWorkerProcess(control, { name: 'first', ...settings })
  await migration.start()
  await migration.waitForStep('INCREMENTAL')
  // In another database, whose sessions the fence does not end.
  await using blocker = await source.database.connect({ database: 'postgres' })
  await blocker.query('begin; lock table pg_db_role_setting in share mode')
  await migration.complete(await migration.plan({ fencing: 'READ_ONLY', maxPauseMs: 120_000 }))
  await migration.waitForStep('FENCE')
  await waitForBlocked(source.database, migration, await readEpoch(control, migration))
  const frozen = await freeze(scene, first)
  await using second = startWorkerProcess(control, { name: 'second', ...settings })
  await waitForOwner(control, migration, [second])
  const successor = await readEpoch(control, migration)
  await waitForBlocked(source.database, migration, successor)
  const before = await workOf(scene, frozen)
  const isFence = ({ text }: { readonly text: string }) => /^alter database/i.test(text)
  expect(before.onSource.length).toBeGreaterThan(0)
  expect(before.onSource.filter(isFence)).toEqual([])
  await blocker.query('rollback')
  await migration.waitForStatus('COMPLETED')

  const completed = await stateOf(scene)
  await wakeUp(scene, frozen)
  expect(await workOf(scene, frozen)).toEqual(before)
  expect(await stateOf(scene)).toEqual(completed)
  const bySuccessor = writesOf(await source.statements(), { shortId: migration.shortId, epoch: successor })
  expect(bySuccessor.some(isFence)).toBe(true)
})

test('a worker that is frozen under the fence, and wakes up after another has given up, does not fence the source again', async () => {
  await using scene = await setLoggedScene()
  const { control, source, target, migration } = scene
  await using first = startWorkerProcess(control, { name: 'first', ...settings })
  await migration.start()
  await migration.waitForStep('INCREMENTAL')
  const unfenced = await stateOf(scene)
  await using held = await lockTarget(target.database, 'item')
  await migration.complete(await migration.plan({ fencing: 'READ_ONLY', maxPauseMs: 15_000 }))
  await migration.waitForStep('COMPARE')
  await held.reached()
  const frozen = await freeze(scene, first)
  await using second = startWorkerProcess(control, { name: 'second', ...settings })
  await waitForOwner(control, migration, [second])
  const before = await workOf(scene, frozen)
  await waitFor(async () => (await migration.read()).problem?.code === 'PAUSE_TOO_LONG', {
    timeoutMs: 60_000,
    describe: () => migration.situation(),
  })
  await held.release()
  await migration.waitForStatus('RUNNING')
  expect(await stateOf(scene)).toEqual(unfenced)

  await wakeUp(scene, frozen)
  expect(await workOf(scene, frozen)).toEqual(before)
  expect(await stateOf(scene)).toEqual(unfenced)
  await using writer = await source.database.connect()
  await writer.query(`insert into item (note) values ('afterwards')`)
  await migration.waitForStep('INCREMENTAL')
  await migration.complete(await migration.plan({ fencing: 'READ_ONLY' }))
  await migration.waitForStatus('COMPLETED')
  expect(await workOf(scene, frozen)).toEqual(before)
})
