import { expect, test } from 'vitest'
import { startTestWorker } from '../../../support/control.ts'
import { readFenceState } from '../../../support/fence-state.ts'
import { holdStep } from '../../../support/hold-step.ts'
import { waitFor } from '../../../support/servers.ts'
import { startWorkerProcess } from '../../../support/worker-process.ts'
import { ledgerSql, startWriters } from '../../../support/writers.ts'
import { setScene, setWorkedScene, shopSql } from '../scene.ts'
import {
  eventsOf,
  expectNothingLost,
  liftByHand,
  lockTarget,
  reachIncremental,
  waitForRefusal,
} from './cutover-scene.ts'

const longTestMs = 150_000

for (const fencing of ['READ_ONLY', 'BLOCK_CONNECTIONS'] as const) {
  test(
    `somebody opens a fence (${fencing}) that a stopped worker has left: the next worker fences anew, and nothing is lost`,
    async () => {
      await using scene = await setScene({ sql: shopSql + ledgerSql })
      const { source, control, migration } = scene
      await using first = startWorkerProcess(control, { leaseTtlMs: 3_000 })
      await reachIncremental(scene)
      await using held = await holdStep(control, 'ALIGN', 'RUNNING')
      await migration.complete(await migration.plan({ fencing, maxPauseMs: 60_000 }))
      await held.reached()
      await first.kill()
      await held.release()
      await liftByHand(scene)
      await using writers = await startWriters(source, [null, null])
      await waitFor(() => writers.committed.size > 5, { describe: 'writes through the open fence' })
      await using second = startTestWorker(control.stores, { owner: 'second' })
      await migration.waitForStatus('COMPLETED')
      await writers.stop()
      await expectNothingLost(scene, writers)
      await using late = await source.connect()
      await expect(late.query('insert into ledger values (-1, 0)')).rejects.toMatchObject({ code: '25006' })
      void second
    },
    longTestMs,
  )
}

test('somebody opens the fence while a completion compares: it is given up, though nobody has written yet', async () => {
  await using scene = await setWorkedScene({ sql: shopSql + ledgerSql })
  const { source, target, control, migration } = scene
  const before = await readFenceState(source)
  await reachIncremental(scene)
  await using held = await lockTarget(target, 'customer')
  await migration.complete(await migration.plan({ fencing: 'BLOCK_CONNECTIONS' }))
  await migration.waitForStep('COMPARE')
  await held.reached()
  await liftByHand(scene)
  await held.release()
  const message = await waitForRefusal(scene, 'FENCE_LIFTED')
  expect(message).toContain('the database are not read-only')
  expect(message).toContain('PUBLIC may connect')
  expect(await control.stores.migrations.fence(migration.id)).toBeNull()
  await using session = await source.connect()
  expect(await readFenceState(session)).toEqual(before)
})

test('what is written after the last check, when there is no way back any more, is told', async () => {
  await using scene = await setWorkedScene({ sql: shopSql + ledgerSql })
  const { source, control, migration } = scene
  await reachIncremental(scene)
  await using held = await holdStep(control, 'RELEASE', 'RUNNING')
  await migration.complete(await migration.plan({ fencing: 'READ_ONLY' }))
  await held.reached()
  await using session = await source.connect()
  await session.query('begin read write; insert into ledger values (-1, 0); commit')
  await held.release()
  await migration.waitForStatus('COMPLETED')
  expect(await eventsOf(scene, 'NOTE')).toMatchObject([
    { message: expect.stringContaining('1 changes were committed'), payload: { lateChanges: '1' } },
  ])
})
