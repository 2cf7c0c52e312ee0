import { expect, test } from 'vitest'
import { startTestWorker } from '../../../support/control.ts'
import { startWorkerProcess } from '../../../support/worker-process.ts'
import { setScene, type Scene } from '../scene.ts'
import { eventsOf, holdDrain, lockTarget, reachIncremental } from './cutover-scene.ts'

/** So long that a test would not live to see it run out: who takes over sooner was handed the lease. */
const leaseTtlMs = 300_000
const longTestMs = 120_000

const places = [
  { step: 'DRAIN', hold: holdDrain },
  { step: 'COMPARE', hold: ({ target }: Scene) => lockTarget(target, 'customer') },
] as const

for (const { step, hold } of places) {
  test(
    `a worker is stopped in ${step}: people are told that the source is fenced, once, and the next one completes`,
    async () => {
      await using scene = await setScene()
      const { control, migration } = scene
      await using first = startWorkerProcess(control, { leaseTtlMs })
      await reachIncremental(scene)
      await using held = await hold(scene)
      await migration.complete(await migration.plan({ fencing: 'BLOCK_CONNECTIONS' }))
      await held.reached()
      await migration.waitForStep(step)
      expect(await eventsOf(scene, 'SOURCE_FENCED')).toEqual([])
      expect((await first.stop()).exitCode).toBe(0)
      const fence = await control.stores.migrations.fence(migration.id)
      const told = await eventsOf(scene, 'SOURCE_FENCED')
      expect(told).toMatchObject([
        { actor: { id: first.owner }, payload: { mode: 'BLOCK_CONNECTIONS', statements: fence!.undo } },
      ])
      for (const statement of fence!.undo) expect(told[0]!.message).toContain(`${statement};`)
      await held.release()
      await using second = startTestWorker(control.stores, { owner: 'second' })
      await migration.waitForStatus('COMPLETED')
      expect(await eventsOf(scene, 'SOURCE_FENCED')).toEqual(told)
      void second
    },
    longTestMs,
  )
}
