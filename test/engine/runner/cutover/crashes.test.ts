import { expect, test } from 'vitest'
import { startTestWorker } from '../../../support/control.ts'
import { readFenceState } from '../../../support/fence-state.ts'
import { holdStep } from '../../../support/hold-step.ts'
import { waitFor } from '../../../support/servers.ts'
import { startWorkerProcess } from '../../../support/worker-process.ts'
import { ledgerSql, startWriters } from '../../../support/writers.ts'
import { setScene, shopSql, waitForAlarm, type Scene } from '../scene.ts'
import {
  eventsOf,
  expectNothingLost,
  holdDrain,
  lockTarget,
  reachIncremental,
  setSceneOnOwnSource,
} from './cutover-scene.ts'

const leaseTtlMs = 3_000

/** A lease has to run out on a machine that may be busy. */
const longTestMs = 150_000

/** Where a worker is killed, and the last step that has begun there. */
const places = [
  {
    where: 'between fence and drain',
    step: 'FENCE',
    hold: ({ control }: Scene) => holdStep(control, 'FENCE', 'DONE'),
  },
  {
    where: 'before the position to drain to is taken',
    step: 'FENCE',
    hold: ({ control }: Scene) => holdStep(control, 'DRAIN', 'RUNNING'),
  },
  { where: 'in drain', step: 'DRAIN', hold: holdDrain },
  { where: 'in align', step: 'ALIGN', hold: ({ target }: Scene) => lockTarget(target, 'purchase') },
  { where: 'in compare', step: 'COMPARE', hold: ({ target }: Scene) => lockTarget(target, 'customer') },
  {
    where: 'after the last check',
    step: 'COMPARE',
    hold: ({ control }: Scene) => holdStep(control, 'RELEASE', 'RUNNING'),
  },
] as const

for (const { where, step, hold } of places) {
  test(
    `a worker is killed ${where}: the next one goes on, and nothing is lost`,
    async () => {
      await using scene = await setScene({ sql: shopSql + ledgerSql })
      const { source, control, migration } = scene
      await using first = startWorkerProcess(scene.control, { leaseTtlMs })
      await reachIncremental(scene)
      await using writers = await startWriters(source, [null, null])
      await using held = await hold(scene)
      await migration.complete(await migration.plan({ fencing: 'READ_ONLY', maxPauseMs: 60_000 }))
      await held.reached()
      await migration.waitForStep(step)
      expect((await control.stores.migrations.fence(migration.id))?.mode).toBe('READ_ONLY')
      await first.kill()
      await held.release()
      await using second = startTestWorker(control.stores, { owner: 'second' })
      const { report } = await migration.waitForStatus('COMPLETED')
      await writers.stop()
      await expectNothingLost(scene, writers)
      // What a dead worker has begun counts.
      expect(report!.pauseMs).toBeGreaterThanOrEqual(leaseTtlMs * 0.5)
      await using late = await source.connect()
      await expect(late.query('insert into ledger values (-1, 0)')).rejects.toMatchObject({ code: '25006' })
      void second
    },
    longTestMs,
  )
}

test('a worker is killed between fence and drain, and somebody cancels: the source is as it was', async () => {
  await using scene = await setScene({ sql: shopSql + ledgerSql })
  const { source, control, migration } = scene
  const before = await readFenceState(source)
  await using first = startWorkerProcess(scene.control, { leaseTtlMs })
  await reachIncremental(scene)
  await using held = await holdStep(control, 'FENCE', 'DONE')
  await migration.complete(await migration.plan({ fencing: 'BLOCK_CONNECTIONS' }))
  await held.reached()
  await first.kill()
  await held.release()
  await migration.act('CANCEL')
  await using second = startTestWorker(control.stores, { owner: 'second' })
  await migration.waitForStatus('CANCELLED')
  await using session = await source.connect()
  expect(await readFenceState(session)).toEqual(before)
  await session.query('insert into ledger values (1, 1)')
  expect(await control.stores.migrations.fence(migration.id)).toBeNull()
  void second
})

test('the stream is cut while the source is being fenced: the cutover goes on, and nothing is lost', async () => {
  await using scene = await setScene({ sql: shopSql + ledgerSql })
  const { source, control, migration } = scene
  await using worker = startTestWorker(control.stores)
  await reachIncremental(scene)
  await using writers = await startWriters(source, [null, null])
  await using held = await holdStep(control, 'FENCE', 'DONE')
  await migration.complete(await migration.plan({ fencing: 'READ_ONLY', maxPauseMs: 60_000 }))
  await held.reached()
  await using session = await source.connect()
  const cut = await session.query(
    `select pg_terminate_backend(active_pid) from pg_replication_slots
      where database = current_database() and active_pid is not null`,
  )
  expect(cut.rowCount).toBe(1)
  await held.release()
  await migration.waitForStatus('COMPLETED')
  await writers.stop()
  await expectNothingLost(scene, writers)
  void worker
})

test(
  'the source crashes under the fence: it is still fenced afterwards, and the cutover goes on',
  async () => {
    await using scene = await setSceneOnOwnSource()
    const { source, control, migration, server } = scene
    await using worker = startTestWorker(control.stores)
    await reachIncremental(scene)
    await using writers = await startWriters(source, [null, null])
    await using held = await holdDrain(scene)
    await migration.complete(await migration.plan({ fencing: 'READ_ONLY', maxPauseMs: 60_000 }))
    await held.reached()
    await migration.waitForStep('DRAIN')
    await server.restart('immediate')
    await waitFor(async () => (await migration.read()).problem !== null, {
      describe: () => migration.situation(),
    })
    await held.release()
    await migration.waitForStatus('COMPLETED')
    await writers.stop()
    await expectNothingLost(scene, writers)
    void worker
  },
  longTestMs,
)

test(
  'a fence that cannot be lifted is told of with its statements, and lifted when the source is back',
  async () => {
    await using scene = await setSceneOnOwnSource()
    const { source, target, control, migration, server } = scene
    const before = await readFenceState(source)
    await using worker = startTestWorker(control.stores)
    await reachIncremental(scene)
    await using held = await lockTarget(target, 'customer')
    await migration.complete(await migration.plan({ fencing: 'READ_ONLY', maxPauseMs: 2_000 }))
    await held.reached()
    await server.stop({ mode: 'immediate' })
    await waitFor(async () => (await eventsOf(scene, 'SOURCE_FENCED')).length > 0, {
      describe: () => migration.situation(),
    })
    const fence = await control.stores.migrations.fence(migration.id)
    expect(fence?.givenUp?.code).toBe('PAUSE_TOO_LONG')
    expect((await eventsOf(scene, 'SOURCE_FENCED'))[0]?.payload.statements).toEqual(fence?.undo)
    expect((await migration.read()).status).toBe('COMPLETING')
    await waitForAlarm(scene, 'SOURCE_FENCED', 'FIRING')
    await held.release()
    await server.restart()
    await migration.waitForStatus('RUNNING')
    expect((await migration.read()).problem?.code).toBe('PAUSE_TOO_LONG')
    await waitForAlarm(scene, 'SOURCE_FENCED', 'RESOLVED')
    expect(await eventsOf(scene, 'SOURCE_FENCED')).toHaveLength(1)
    await using session = await source.connect()
    expect(await readFenceState(session)).toEqual(before)
    expect(await control.stores.migrations.fence(migration.id)).toBeNull()
    void worker
  },
  longTestMs,
)
