import { expect, test } from 'vitest'
import { findLeftOvers, startTestWorker } from '../../../support/control.ts'
import { readFenceState } from '../../../support/fence-state.ts'
import { ledgerSql } from '../../../support/writers.ts'
import { setWorkedScene, shopSql, type Scene } from '../scene.ts'
import { holdDrain, lockTarget, reachIncremental, setSceneOnOwnSource } from './cutover-scene.ts'

async function expectUntouched(
  { source, target, control, migration }: Scene,
  before: unknown,
): Promise<void> {
  expect(await findLeftOvers(source, target)).toEqual([])
  expect(await control.stores.migrations.fence(migration.id)).toBeNull()
  await using session = await source.connect()
  expect(await readFenceState(session)).toEqual(before)
  await session.query('insert into ledger values (100, 1)')
}

const places = [
  { step: 'DRAIN', hold: holdDrain },
  { step: 'ALIGN', hold: ({ target }: Scene) => lockTarget(target, 'purchase') },
  { step: 'COMPARE', hold: ({ target }: Scene) => lockTarget(target, 'customer') },
] as const

for (const { step, hold } of places) {
  test(`a cancel during ${step} takes the fence away, with all else that Godwit made`, async () => {
    await using scene = await setWorkedScene({ sql: shopSql + ledgerSql })
    const { source, migration } = scene
    const before = await readFenceState(source)
    await reachIncremental(scene)
    await using held = await hold(scene)
    await migration.complete(await migration.plan({ fencing: 'BLOCK_CONNECTIONS' }))
    await held.reached()
    await migration.waitForStep(step)
    await migration.act('CANCEL')
    await held.release()
    await migration.waitForStatus('CANCELLED')
    // The session that the test has kept was ended by the fence.
    await using session = await source.connect()
    await expectUntouched({ ...scene, source: { ...source, query: session.query.bind(session) } }, before)
  })
}

test('a cancel during FENCE leaves the source as it was', async () => {
  await using scene = await setSceneOnOwnSource()
  const { source, control, migration } = scene
  const before = await readFenceState(source)
  await using worker = startTestWorker(control.stores)
  await reachIncremental(scene)
  // Another database: the fence must not end this session.
  await using holder = await source.connect({ database: 'postgres' })
  await holder.query('begin; lock table pg_db_role_setting in share mode')
  await migration.complete(await migration.plan({ fencing: 'READ_ONLY' }))
  await migration.waitForStep('FENCE')
  await migration.act('CANCEL')
  await holder.query('rollback')
  await migration.waitForStatus('CANCELLED')
  await using session = await source.connect()
  await expectUntouched({ ...scene, source: { ...source, query: session.query.bind(session) } }, before)
  void worker
})
