import { expect, test } from 'vitest'
import { defaultRetryPolicy } from '../../../../engine/index.ts'
import { startTestWorker } from '../../../support/control.ts'
import { waitFor } from '../../../support/servers.ts'
import { setScene } from '../scene.ts'
import { reachIncremental } from './cutover-scene.ts'

test('a cancel does not give up while the source is fenced, however long it has failed', async () => {
  await using scene = await setScene()
  const { control, migration } = scene
  const { stores } = control
  const lost = `${scene.source.name}_lost`
  {
    await using worker = startTestWorker(stores)
    await reachIncremental(scene)
    void worker
  }
  const lease = (await stores.leases.claim(migration.id, 'fencer', 30_000))!
  const fence = {
    mode: 'READ_ONLY',
    since: new Date(),
    sourceTime: 'infinity',
    undo: [`ALTER DATABASE ${lost} RESET default_transaction_read_only`],
    reported: false,
  } as const
  await stores.runs.recordFence(lease, fence)
  await stores.leases.release(lease)
  await migration.act('CANCEL')
  const retryPolicy = { ...defaultRetryPolicy, firstDelayMs: 50, maxDelayMs: 200, giveUpAfterMs: 0 }
  await using worker = startTestWorker(stores, { retryPolicy })
  await waitFor(
    async () => {
      const events = await stores.events.readMigration(migration.id, 0n, 500)
      return events.filter(({ type }) => type === 'RETRY_SCHEDULED').length > 1
    },
    { describe: () => migration.situation() },
  )
  expect((await migration.read()).status).toBe('CANCELLING')
  expect(await stores.migrations.fence(migration.id)).not.toBeNull()
  await scene.source.query(`create database ${lost}`)
  try {
    await migration.waitForStatus('CANCELLED')
    expect(await stores.migrations.fence(migration.id)).toBeNull()
  } finally {
    await scene.source.query(`drop database ${lost}`)
  }
  void worker
})
