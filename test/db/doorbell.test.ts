import { pino } from 'pino'
import { expect, test } from 'vitest'
import { openDoorbell } from '../../db/doorbell.ts'
import { lsnFromBigInt, type ControlStores } from '../../engine/index.ts'
import { createDatabase, queryServer, waitFor } from '../support/servers.ts'
import { alice, createMigration, makeRunning, noRisk, openTestStores } from './fixtures.ts'

/** What rang since. */
function listen(stores: Pick<ControlStores, 'doorbell'>) {
  const rung: (string | null)[] = []
  const subscription = stores.doorbell.subscribe((migrationId) => rung.push(migrationId))
  return { rung, [Symbol.dispose]: () => subscription[Symbol.dispose]() }
}

type Bell = ReturnType<typeof listen>

async function expectRing({ rung }: Bell, migrationId: string | null): Promise<void> {
  await waitFor(() => rung.includes(migrationId), { describe: `a ring of ${migrationId}` })
}

test('every process hears of a change, with the id of the migration', async () => {
  await using control = await openTestStores()
  await using other = await control.open()
  using here = listen(control.stores)
  using there = listen(other)
  const { id } = await createMigration(control.stores)
  for (const bell of [here, there]) {
    await expectRing(bell, id)
    bell.rung.length = 0
  }
  await control.stores.migrations.act({ migrationId: id, action: 'VERIFY' }, alice)
  for (const bell of [here, there]) await expectRing(bell, id)
})

test('progress rings too', async () => {
  await using control = await openTestStores()
  const { migration, lease } = await makeRunning(control.stores)
  using bell = listen(control.stores)
  const { runs } = control.stores
  const none = { bytes: 0n, seconds: 0, retainedBytes: 0n, appliedTransactions: 0n, appliedChanges: 0n }
  const lsn = lsnFromBigInt(1n)
  const sizes = { estimatedRows: 1, sizeBytes: 1n, copiedRows: 0n, copiedBytes: 0n }
  await runs.saveStep(lease, { step: 'PREPARE', status: 'RUNNING' })
  const writes = [
    () => runs.saveStep(lease, { step: 'PREPARE', status: 'RUNNING', detail: 'looking' }),
    () => runs.saveTables(lease, [{ schema: 'a', table: 'b', status: 'PENDING', ...sizes }]),
    () => runs.clearTables(lease),
    () => runs.saveStream(lease, { timeline: 1 }),
    () => runs.addLagSample(lease, { ...none, ...noRisk, sourceLsn: lsn, appliedLsn: lsn }),
  ]
  for (const write of writes) {
    await control.database.query(`select pg_notify('godwit_doorbell', 'all before was heard')`)
    await expectRing(bell, 'all before was heard')
    bell.rung.length = 0
    await write()
    await expectRing(bell, migration.id)
  }
})

test('after a loss of its connection it rings for what may have been missed, and goes on', async () => {
  await using control = await openTestStores()
  using bell = listen(control.stores)
  const { rowCount } = await control.database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'godwit doorbell'`,
  )
  expect(rowCount).toBe(1)
  await expectRing(bell, null)
  const { id } = await createMigration(control.stores)
  await expectRing(bell, id)
})

test('it keeps trying while the database does not let it in', async () => {
  await using database = await createDatabase('control')
  const logged: string[] = []
  const log = pino({ level: 'warn' }, { write: (line) => logged.push(line) })
  await using doorbell = await openDoorbell(database.url, log)
  using bell = listen({ doorbell })
  await queryServer('control', `alter database ${database.name} allow_connections false`)
  await queryServer('control', 'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
    database.name,
  ])
  await waitFor(() => logged.filter((line) => line.includes('cannot listen')).length >= 2)
  expect(bell.rung).toEqual([])
  await queryServer('control', `alter database ${database.name} allow_connections true`)
  await expectRing(bell, null)
})

test('a listener that fails does not keep the others from hearing', async () => {
  await using control = await openTestStores()
  using _broken = control.stores.doorbell.subscribe(() => {
    throw new Error('broken')
  })
  using bell = listen(control.stores)
  const { id } = await createMigration(control.stores)
  await expectRing(bell, id)
})

test('who has left hears nothing more', async () => {
  await using control = await openTestStores()
  const gone = listen(control.stores)
  gone[Symbol.dispose]()
  using bell = listen(control.stores)
  const { id } = await createMigration(control.stores)
  await expectRing(bell, id)
  expect(gone.rung).toEqual([])
})
