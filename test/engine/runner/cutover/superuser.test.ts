import { expect, test } from 'vitest'
import { readFenceState } from '../../../support/fence-state.ts'
import { createRole, waitFor } from '../../../support/servers.ts'
import { ledgerSql, startWriters } from '../../../support/writers.ts'
import { setWorkedScene, shopSql } from '../scene.ts'
import { expectNothingLost, idsOf, lockTarget, reachIncremental, waitForRefusal } from './cutover-scene.ts'

test('a superuser who writes all through a cutover with BLOCK_CONNECTIONS is found out, and nothing of it is lost', async () => {
  await using superuser = await createRole('source', { options: 'superuser' })
  await using scene = await setWorkedScene({ sql: shopSql + ledgerSql })
  const { source, target, control, migration } = scene
  const before = await readFenceState(source)
  await reachIncremental(scene)
  const writer = { ...superuser, options: '-c default_transaction_read_only=off' }
  await using writers = await startWriters(source, [writer])
  await using held = await lockTarget(target, 'purchase')
  // Counting rows would find them, too.
  await migration.complete(await migration.plan({ fencing: 'BLOCK_CONNECTIONS', compare: false }))
  await migration.waitForStep('ALIGN')
  await held.reached()
  const behindFence = writers.committed.size
  await waitFor(() => writers.committed.size > behindFence + 5, { describe: 'writes behind the fence' })
  await held.release()

  expect(await waitForRefusal(scene, 'WRITES_NOT_STOPPED')).toMatch(/^[1-9]\d* changes/)
  expect((await migration.read()).problem?.remedy).toContain('superusers')
  expect(await control.stores.migrations.fence(migration.id)).toBeNull()
  const afterwards = writers.committed.size
  await waitFor(() => writers.committed.size > afterwards + 5, { describe: 'writes after the refusal' })
  await writers.stop()
  await using session = await source.connect()
  expect(await readFenceState(session)).toEqual(before)
  await waitFor(async () => (await idsOf(target)).length >= writers.committed.size, {
    describe: () => migration.situation(),
  })
  await expectNothingLost(scene, writers)
})
