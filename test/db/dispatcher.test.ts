import { expect, test } from 'vitest'
import { waitFor, type TestDatabase } from '../support/servers.ts'
import { alice, createMigration, openTestStores } from './fixtures.ts'

async function countJobs(database: TestDatabase, state: string): Promise<number> {
  const { rows } = await database.query<{ jobs: number }>(
    `select count(*)::int as jobs from godwit_jobs.job where name = 'migration.nudge' and state = $1`,
    [state],
  )
  return rows[0]?.jobs ?? 0
}

test('an action that gives a worker something to do reaches one of them', async () => {
  await using control = await openTestStores()
  const { stores, database } = control
  await using other = await control.open()
  const nudged: string[] = []
  const note = async (migrationId: string) => {
    nudged.push(migrationId)
  }
  await using _here = await stores.dispatcher.work(note)
  await using _there = await other.dispatcher.work(note)
  const { id } = await createMigration(stores)
  await stores.migrations.act({ migrationId: id, action: 'VERIFY' }, alice)
  await waitFor(async () => (await countJobs(database, 'completed')) === 1)
  expect(nudged).toEqual([id])
})

test('nudges that wait for the same migration are one', async () => {
  await using control = await openTestStores()
  const { id } = await createMigration(control.stores)
  const other = await createMigration(control.stores)
  await control.stores.migrations.act({ migrationId: id, action: 'VERIFY' }, alice)
  await control.stores.migrations.act({ migrationId: id, action: 'CANCEL' }, alice)
  await control.stores.migrations.act({ migrationId: other.id, action: 'VERIFY' }, alice)
  expect(await countJobs(control.database, 'created')).toBe(2)
})

test('an action that leaves nothing to do nudges nobody', async () => {
  await using control = await openTestStores()
  const { id } = await createMigration(control.stores)
  await control.stores.migrations.act({ migrationId: id, action: 'CANCEL' }, alice)
  expect(await countJobs(control.database, 'created')).toBe(0)
})

test('a handler that fails does not keep later nudges from it', async () => {
  await using control = await openTestStores()
  const nudged: string[] = []
  await using _work = await control.stores.dispatcher.work(async (migrationId) => {
    nudged.push(migrationId)
    if (nudged.length === 1) throw new Error('broken')
  })
  const first = await createMigration(control.stores)
  await control.stores.migrations.act({ migrationId: first.id, action: 'VERIFY' }, alice)
  await waitFor(() => nudged.length === 1)
  const second = await createMigration(control.stores)
  await control.stores.migrations.act({ migrationId: second.id, action: 'VERIFY' }, alice)
  await waitFor(() => nudged.length === 2)
  expect(nudged).toEqual([first.id, second.id])
})

test('disposing waits for the nudge that is being handled', async () => {
  await using control = await openTestStores()
  const finish = Promise.withResolvers<void>()
  let handling = false
  const work = await control.stores.dispatcher.work(async () => {
    handling = true
    await finish.promise
  })
  const { id } = await createMigration(control.stores)
  await control.stores.migrations.act({ migrationId: id, action: 'VERIFY' }, alice)
  await waitFor(() => handling)
  const order: string[] = []
  const disposed = work[Symbol.asyncDispose]().then(() => order.push('disposed'))
  await control.stores.isReady()
  order.push('handled')
  finish.resolve()
  await disposed
  expect(order).toEqual(['handled', 'disposed'])
  expect(await countJobs(control.database, 'active')).toBe(0)
})
