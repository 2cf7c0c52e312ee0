import { expect, test } from 'vitest'
import { openTestControl, startTestWorker, TestMigration } from '../../support/control.ts'
import { createDatabase, waitFor } from '../../support/servers.ts'

const small = 'create table t (id int primary key); insert into t select generate_series(1, 10)'

test('migrations that come at once spread over workers that each have room for all', async () => {
  await using control = await openTestControl()
  await using all = new AsyncDisposableStack()
  const migrations = await Promise.all(
    [1, 2, 3, 4].map(async () => {
      const source = all.use(await createDatabase('source'))
      const target = all.use(await createDatabase('target'))
      await source.query(small)
      return await TestMigration.create(control.stores, { source, target })
    }),
  )
  {
    await using alone = startTestWorker(control.stores, { owner: 'alone' })
    await Promise.all(migrations.map((migration) => migration.start()))
    await Promise.all(migrations.map((migration) => migration.waitForStep('INCREMENTAL')))
    void alone
  }
  const options = { maxMigrations: 4, pollMs: 1_000 }
  all.use(startTestWorker(control.stores, { owner: 'a', ...options }))
  all.use(startTestWorker(control.stores, { owner: 'b', ...options }))
  const owners = async () =>
    await Promise.all(migrations.map(({ id }) => control.stores.migrations.worker(id)))
  await waitFor(async () => (await owners()).every((owner) => owner !== null), {
    describe: async () => `owners of all: ${JSON.stringify(await owners())}`,
  })
  expect(new Set(await owners())).toEqual(new Set(['a', 'b']))
})

test('a worker that has no room left does what people wait for all the same', async () => {
  await using control = await openTestControl()
  await using all = new AsyncDisposableStack()
  const create = async () => {
    const source = all.use(await createDatabase('source'))
    await source.query(small)
    return await TestMigration.create(control.stores, {
      source,
      target: all.use(await createDatabase('target')),
    })
  }
  const following = await create()
  const other = await create()
  await using worker = startTestWorker(control.stores, { maxMigrations: 1 })
  await following.start()
  await following.waitForStep('INCREMENTAL')
  await other.act('VERIFY')
  await other.waitForStatus('READY')
  await other.act('START')
  await following.act('CANCEL')
  await following.waitForStatus('CANCELLED')
  await other.waitForStep('INCREMENTAL')
  expect(await control.stores.migrations.worker(following.id)).toBeNull()
  void worker
})
