import { expect, test } from 'vitest'
import { measureLag } from '../../../engine/monitor/index.ts'
import { lsnFromBigInt, parseLsn } from '../../../engine/replication/lsn.ts'
import { createDatabase } from '../../support/servers.ts'

const progress = { appliedTransactions: 3n, appliedChanges: 9n, oldestUnappliedCommitMicros: null }

test('bytes are those that the source has written since, and those that the slot holds back', async () => {
  await using source = await createDatabase('source')
  const session = await source.connect()
  const slotName = `godwit_${source.name}`
  await session.query(`select pg_create_logical_replication_slot($1, 'pgoutput')`, [slotName])
  await session.query('create table t (v text)')
  await session.query(`insert into t select repeat(md5(i::text), 10) from generate_series(1, 1000) i`)
  const { rows } = await session.query<{ lsn: string; restart: string }>(
    `select pg_current_wal_lsn()::text as lsn, restart_lsn::text as restart from pg_replication_slots where slot_name = $1`,
    [slotName],
  )
  const appliedLsn = lsnFromBigInt(parseLsn(rows[0]!.lsn) - 1000n)
  const sample = await measureLag(session, { ...progress, slotName, appliedLsn })
  expect(sample.bytes).toBe(sample.sourceLsn - appliedLsn)
  expect(sample.bytes).toBeGreaterThanOrEqual(1000n)
  expect(sample.retainedBytes).toBe(sample.sourceLsn - parseLsn(rows[0]!.restart))
  expect(sample).toMatchObject({ seconds: 0, appliedLsn, appliedTransactions: 3n, appliedChanges: 9n })
})

test('seconds are the age of the oldest transaction that waits', async () => {
  await using source = await createDatabase('source')
  const session = await source.connect()
  const { rows } = await session.query<{ micros: string }>(
    `select ((extract(epoch from clock_timestamp() - interval '90 seconds') - 946684800) * 1000000)::int8::text as micros`,
  )
  const sample = await measureLag(session, {
    ...progress,
    slotName: 'none',
    appliedLsn: lsnFromBigInt(0n),
    oldestUnappliedCommitMicros: BigInt(rows[0]!.micros),
  })
  expect(sample.seconds).toBeGreaterThanOrEqual(90)
  expect(sample.seconds).toBeLessThan(600)
})

test('a target that is ahead of what the source has written lags by nothing', async () => {
  await using source = await createDatabase('source')
  const session = await source.connect()
  const sample = await measureLag(session, {
    ...progress,
    slotName: 'none',
    appliedLsn: lsnFromBigInt(0xffff_ffff_0000_0000n),
    oldestUnappliedCommitMicros: 10n ** 18n,
  })
  expect(sample).toMatchObject({ bytes: 0n, seconds: 0, retainedBytes: 0n })
})

const quiet = { ...progress, appliedLsn: lsnFromBigInt(0n) }

test('a slot that has all it needs is reserved; one that is not there is lost', async () => {
  await using source = await createDatabase('source')
  const session = await source.connect()
  const slotName = `godwit_${source.name}`
  await session.query(`select pg_create_logical_replication_slot($1, 'pgoutput')`, [slotName])
  // A server without max_slot_wal_keep_size keeps what is needed, however much.
  const unlimited = { walStatus: 'reserved', safeWalBytes: null }
  expect(await measureLag(session, { ...quiet, slotName })).toMatchObject(unlimited)
  expect(await measureLag(session, { ...quiet, slotName: 'none' })).toMatchObject({ walStatus: 'lost' })
})

test.each([
  ['open', 'select'],
  ['prepared', `prepare transaction 'of a test'`],
])('the oldest transaction is at least as old as one that has written and is %s', async (_state, last) => {
  await using source = await createDatabase('source')
  const session = await source.connect()
  const writer = await source.connect()
  await writer.query('create table t (v text)')
  const pid = (await writer.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid
  await writer.query('begin')
  await writer.query('insert into t values (1)')
  await writer.query(last)
  const { rows } = await session.query<{ seconds: number }>(
    `select extract(epoch from clock_timestamp() - min(since))::float8 as seconds
       from (select xact_start as since from pg_stat_activity where pid = $1 and state <> 'idle'
             union all select prepared from pg_prepared_xacts where database = current_database()) as ours`,
    [pid],
  )
  const sample = await measureLag(session, { ...quiet, slotName: 'none' })
  expect(sample.oldestTransactionSeconds).toBeGreaterThanOrEqual(rows[0]!.seconds)
  expect(rows[0]!.seconds).toBeGreaterThan(0)
})
