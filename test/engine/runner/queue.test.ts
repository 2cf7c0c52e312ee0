import { expect, test } from 'vitest'
import { openTestControl, startTestWorker, TestMigration } from '../../support/control.ts'
import { createDatabase } from '../../support/servers.ts'

const tablesOf = (...schemas: readonly string[]) =>
  schemas
    .map((schema) => `create schema ${schema}; create table ${schema}.item (id int primary key);`)
    .join('')

test('the next for a target begins when the one before only follows changes, and other targets do not wait', async () => {
  await using control = await openTestControl()
  const { stores } = control
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await using otherTarget = await createDatabase('target')
  await source.query(`${tablesOf('a', 'b', 'c')} insert into a.item select generate_series(1, 100);`)
  await target.query(tablesOf('a', 'b'))
  await otherTarget.query(tablesOf('c'))
  const kind = { structure: false, fullCopy: true, incremental: true }
  const create = async (schema: string, to: typeof target) =>
    await TestMigration.create(stores, {
      source,
      target: to,
      selection: { include: [{ schema }], exclude: [] },
      kind,
      label: schema,
    })
  const first = await create('a', target)
  const second = await create('b', target)
  const elsewhere = await create('c', otherTarget)
  await using one = startTestWorker(stores, { owner: 'one' })
  await using two = startTestWorker(stores, { owner: 'two' })

  // Nothing can be copied to the first one's table meanwhile.
  await using holder = await target.connect()
  await holder.query('begin')
  await holder.query('lock table a.item in share mode')
  await first.start()
  await first.waitForStatus('RUNNING')
  await second.start()
  await elsewhere.start()
  await elsewhere.waitForStep('INCREMENTAL')
  expect((await second.read()).status).toBe('QUEUED')
  expect(await stores.queue.entries()).toMatchObject([
    { migrationId: second.id, position: 1, waitsFor: 'TARGET' },
  ])

  await holder.query('commit')
  await second.waitForStep('INCREMENTAL')
  const momentOf = async (migration: TestMigration, payload: object) => {
    const events = await stores.events.readMigration(migration.id, 0n, 1000)
    const found = events.find((event) =>
      Object.entries(payload).every(([key, value]) => event.payload[key] === value),
    )
    return found?.at.getTime() ?? Number.NaN
  }
  const followed = await momentOf(first, { step: 'INCREMENTAL', to: 'RUNNING' })
  expect(await momentOf(second, { report: 'BEGUN' })).toBeGreaterThanOrEqual(followed)
  void [one, two]
})
