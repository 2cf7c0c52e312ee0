import { expect, test } from 'vitest'
import { claim, createMigration, makeReady } from '../../db/fixtures.ts'
import { startStage } from './stage.ts'

test('the card is posted once, and updated in place when the status changes', async () => {
  await using stage = await startStage()
  await using _bot = stage.startNotifier()
  const migration = await stage.bind(await createMigration(stage.stores))
  const card = await stage.waitForCard(migration)
  await makeReady(stage.stores, migration, 'passed')
  const updated = await stage.waitForCard(migration, 'Ready')
  expect(updated.ts).toBe(card.ts)
  void claim
})
