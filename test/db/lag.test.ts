import { expect, test } from 'vitest'
import { lsnFromBigInt, type ControlStores, type Lease, type Migration } from '../../engine/index.ts'
import type { TestDatabase } from '../support/servers.ts'
import { createMigration, makeRunning, noLag, openTestStores } from './fixtures.ts'

async function add(stores: ControlStores, lease: Lease, bytes: bigint): Promise<void> {
  await stores.runs.addLagSample(lease, { ...noLag, bytes })
}

/** One sample every 10 seconds, from so long ago for so long. */
async function insertOld(
  database: TestDatabase,
  { id }: Migration,
  { ago, lasting }: { readonly ago: string; readonly lasting: string },
): Promise<void> {
  await database.query(
    `insert into godwit_control.lag_samples (migration_id, at, bytes, seconds, retained_bytes, source_lsn,
       applied_lsn, applied_transactions, applied_changes)
     select $1, at, 0, 0, 0, '0/1', '0/1', 0, 0
       from (select date_trunc('day', now()) - $2::interval as start) as s,
            generate_series(start, start + $3::interval - interval '1 second', interval '10 seconds') as at`,
    [id, ago, lasting],
  )
}

async function readOld(database: TestDatabase, { id }: Migration): Promise<readonly string[]> {
  const { rows } = await database.query<{ at: string }>(
    `select to_char(at at time zone 'UTC', 'HH24:MI:SS') as at from godwit_control.lag_samples
      where migration_id = $1 and at < now() - interval '10 minutes' order by lag_samples.at`,
    [id],
  )
  return rows.map((row) => row.at)
}

test('samples come newest last, at most as many as asked for', async () => {
  await using control = await openTestStores()
  const { migration, lease } = await makeRunning(control.stores)
  for (const bytes of [1n, 2n, 3n]) await add(control.stores, lease, bytes)
  const samples = await control.stores.migrations.lagSamples(migration.shortId, 2)
  expect(samples.map((sample) => sample.bytes)).toEqual([2n, 3n])
})

test('samples of the last ten minutes are all kept', async () => {
  await using control = await openTestStores()
  const { migration, lease } = await makeRunning(control.stores)
  await control.database.query(
    `insert into godwit_control.lag_samples (migration_id, at, bytes, seconds, retained_bytes, source_lsn,
       applied_lsn, applied_transactions, applied_changes)
     select $1, now() - n * interval '1 second', 0, 0, 0, '0/1', '0/1', 0, 0 from generate_series(1, 500) as n`,
    [migration.id],
  )
  await add(control.stores, lease, 1n)
  expect(await control.stores.migrations.lagSamples(migration.id, 1000)).toHaveLength(501)
})

test('of samples older than a day, the last of each hour is kept', async () => {
  await using control = await openTestStores()
  const { migration, lease } = await makeRunning(control.stores)
  await insertOld(control.database, migration, { ago: '3 days', lasting: '2 hours' })
  await add(control.stores, lease, 1n)
  expect(await readOld(control.database, migration)).toEqual(['00:59:50', '01:59:50'])
})

test('of younger ones, the last of each minute is kept', async () => {
  await using control = await openTestStores()
  const { migration, lease } = await makeRunning(control.stores)
  await control.database.query(
    `insert into godwit_control.lag_samples (migration_id, at, bytes, seconds, retained_bytes, source_lsn,
       applied_lsn, applied_transactions, applied_changes)
     select $1, date_trunc('minute', now()) - interval '1 hour' + n * interval '20 seconds', n, 0, 0, '0/1', '0/1', 0, 0
       from generate_series(0, 8) as n`,
    [migration.id],
  )
  await add(control.stores, lease, 100n)
  const samples = await control.stores.migrations.lagSamples(migration.id, 1000)
  expect(samples.map((sample) => sample.bytes)).toEqual([2n, 5n, 8n, 100n])
})

test('the samples of other migrations are left alone', async () => {
  await using control = await openTestStores()
  const { lease } = await makeRunning(control.stores)
  const other = await createMigration(control.stores)
  await insertOld(control.database, other, { ago: '3 days', lasting: '1 minute' })
  await add(control.stores, lease, 1n)
  expect(await readOld(control.database, other)).toHaveLength(6)
})

test('thinning out is not done with every sample, but again after a minute', async () => {
  await using control = await openTestStores()
  const { migration, lease } = await makeRunning(control.stores)
  await add(control.stores, lease, 1n)
  await insertOld(control.database, migration, { ago: '3 days', lasting: '1 minute' })
  await add(control.stores, lease, 2n)
  expect(await readOld(control.database, migration)).toHaveLength(6)
  await control.database.query(
    `update godwit_control.streams set lag_thinned_at = lag_thinned_at - interval '1 minute'`,
  )
  await add(control.stores, lease, 3n)
  expect(await readOld(control.database, migration)).toHaveLength(1)
})

/** As if the samples so far had been taken so much earlier. */
async function moveBack(database: TestDatabase, interval: string): Promise<void> {
  await database.query('update godwit_control.lag_samples set at = at - $1::interval', [interval])
}

test('a position that does not move is stalled for as long as the samples say', async () => {
  await using control = await openTestStores()
  const { migration, lease } = await makeRunning(control.stores)
  for (let n = 0; n < 4; n += 1) {
    await add(control.stores, lease, 2n ** 40n)
    await moveBack(control.database, '5 seconds')
  }
  const samples = await control.stores.migrations.lagSamples(migration.id, 10)
  const stalled = samples.map((sample) => Math.floor(sample.stalledSeconds))
  expect(stalled).toEqual([0, 5, 10, 15])
})

test.each([
  ['the position moved', { appliedLsn: lsnFromBigInt(2n) }, '5 seconds'],
  ['something was done, though the position stayed', { hasMoved: true }, '5 seconds'],
  ['there was nothing to apply', { bytes: 0n }, '5 seconds'],
  ['no samples were taken for long', {}, '11 seconds'],
])('a position is not stalled any more when %s', async (_why, change, gap) => {
  await using control = await openTestStores()
  const { migration, lease } = await makeRunning(control.stores)
  const sample = { ...noLag, bytes: 7n, ...change }
  for (const each of [noLag, noLag, sample]) {
    await moveBack(control.database, each === sample ? gap : '5 seconds')
    await control.stores.runs.addLagSample(lease, { ...each, bytes: each === sample ? sample.bytes : 7n })
  }
  const samples = await control.stores.migrations.lagSamples(migration.id, 10)
  expect(samples.map(({ stalledSeconds }) => Math.floor(stalledSeconds))).toEqual([0, 5, 0])
})
