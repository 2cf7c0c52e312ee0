import { expect, test } from 'vitest'
import { waitFor } from '../../support/servers.ts'
import { setWorkedScene } from './scene.ts'

const tester = { actor: { kind: 'system', id: 'test', name: 'test' } } as const
const hourMs = 3_600_000

test('in its window a migration is completed by the worker itself, as soon as a plan is approved', async () => {
  await using scene = await setWorkedScene()
  const { control, migration, source, target } = scene
  await migration.start()
  await migration.waitForStep('INCREMENTAL')
  const [opensAt, closesAt] = [-1, 1].map((hours) => new Date(Date.now() + hours * hourMs))
  const window = { once: { opensAt: opensAt!, closesAt: closesAt! } }
  const setting = { window, automatic: true }
  await control.stores.cutoverWindows.set({ migrationId: migration.id, setting }, tester)
  const readEvents = () => control.stores.events.readMigration(migration.id, 0n, 1000)
  await waitFor(async () => (await readEvents()).some(({ type }) => type === 'CUTOVER_WINDOW_MISSED'), {
    describe: () => migration.situation(),
  })
  await source.query(`insert into customer (name) values ('the last one')`)
  await migration.plan({ fencing: 'READ_ONLY' })
  await migration.waitForStatus('COMPLETED')
  expect((await target.query(`select from customer where name = 'the last one'`)).rowCount).toBe(1)
  const completion = (await readEvents()).find(({ payload }) => payload['action'] === 'COMPLETE')
  expect(completion?.actor.kind).toBe('system')
})
