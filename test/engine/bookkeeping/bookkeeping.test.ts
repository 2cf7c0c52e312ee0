import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import {
  advanceProgress,
  assertOwner,
  clearCopied,
  inGuardedTransaction,
  markCopied,
  markRestored,
  readCopied,
  readProgress,
  readRestored,
  removeBookkeeping,
  takeOver,
  type Guard,
  type ProgressStep,
} from '../../../engine/bookkeeping/index.ts'
import { parseLsn } from '../../../engine/index.ts'
import { createDatabase, type TestDatabase, waitFor } from '../../support/servers.ts'

const newGuard = (epoch = 1n): Guard => ({ migrationId: randomUUID(), stream: 'main', epoch })

const stepTo = (lsn: string): ProgressStep => ({
  commitEndLsn: parseLsn(lsn),
  sourceCommitMicros: 750_000_000_123_456n,
  transactions: 2,
  changes: 30,
})

const nothing = { commitEndLsn: null, sourceCommitTime: null, appliedTransactions: 0n, appliedChanges: 0n }
const lost = { code: 'LEASE_LOST', retryable: false }

async function hasSchema(target: TestDatabase): Promise<boolean> {
  return (await target.query(`select from pg_namespace where nspname = 'godwit'`)).rowCount === 1
}

async function waitForLock(target: TestDatabase): Promise<void> {
  const isWaiting = async () =>
    (
      await target.query(
        'select from pg_stat_activity where datname = current_database() and wait_event_type = $1',
        ['Lock'],
      )
    ).rowCount! > 0
  await waitFor(isWaiting, { describe: 'a session to wait for a lock' })
}

test('a new stream has made no progress', async () => {
  await using target = await createDatabase('target')
  const client = await target.connect()
  const guard = newGuard()
  expect(await readProgress(client, guard)).toEqual(nothing)
  await takeOver(client, guard)
  expect(await readProgress(client, guard)).toEqual(nothing)
})

test('progress adds up, keeps microseconds out of the way, and survives a change of owner', async () => {
  await using target = await createDatabase('target')
  const client = await target.connect()
  const guard = newGuard()
  await takeOver(client, guard)
  await advanceProgress(client, guard, stepTo('0/10'))
  await advanceProgress(client, guard, stepTo('1/0'))
  await takeOver(client, { ...guard, epoch: 2n })
  expect(await readProgress(client, guard)).toEqual({
    commitEndLsn: parseLsn('1/0'),
    sourceCommitTime: new Date('2023-10-07T13:20:00.123Z'),
    appliedTransactions: 4n,
    appliedChanges: 60n,
  })
})

test.each(['0/10', '0/F'])('progress that stood at 0/10 does not go to %s', async (lsn) => {
  await using target = await createDatabase('target')
  const client = await target.connect()
  const guard = newGuard()
  await takeOver(client, guard)
  await advanceProgress(client, guard, stepTo('0/10'))
  await expect(advanceProgress(client, guard, stepTo(lsn))).rejects.toMatchObject(lost)
})

test('a former owner can write nothing', async () => {
  await using target = await createDatabase('target')
  await target.query('create table t (id int)')
  const client = await target.connect()
  const former = newGuard()
  await takeOver(client, former)
  await takeOver(client, { ...former, epoch: 2n })
  const write = () => inGuardedTransaction(client, former, () => client.query('insert into t values (1)'))
  await expect(write()).rejects.toMatchObject(lost)
  await expect(advanceProgress(client, former, stepTo('0/10'))).rejects.toMatchObject(lost)
  await expect(removeBookkeeping(client, former)).rejects.toMatchObject(lost)
  await expect(takeOver(client, former)).rejects.toMatchObject(lost)
  expect((await client.query('select from t')).rowCount).toBe(0)
  expect(await readProgress(client, former)).toEqual(nothing)
})

test('an owner may take over again from itself', async () => {
  await using target = await createDatabase('target')
  const client = await target.connect()
  const guard = newGuard()
  await takeOver(client, guard)
  await takeOver(client, guard)
  await expect(assertOwner(client, guard)).resolves.toBeUndefined()
})

test('a new owner waits until the transaction of the former one has ended', async () => {
  await using target = await createDatabase('target')
  await target.query('create table t (id int)')
  const [former, next] = [await target.connect(), await target.connect()]
  const guard = newGuard()
  await takeOver(former, guard)
  let taken: Promise<void> | undefined
  await inGuardedTransaction(former, guard, async () => {
    await former.query('insert into t values (1)')
    taken = takeOver(next, { ...guard, epoch: 2n })
    await waitForLock(target)
  })
  await taken
  expect((await next.query('select from t')).rowCount).toBe(1)
})

test('several sessions of one owner write at the same time', async () => {
  await using target = await createDatabase('target')
  const [first, second] = [await target.connect(), await target.connect()]
  const guard = newGuard()
  await takeOver(first, guard)
  await inGuardedTransaction(first, guard, () =>
    inGuardedTransaction(second, guard, () => second.query('create table t ()')),
  )
  expect((await first.query('select from t')).rowCount).toBe(0)
})

test('a failed transaction leaves nothing, and its session can go on', async () => {
  await using target = await createDatabase('target')
  const client = await target.connect()
  const guard = newGuard()
  await takeOver(client, guard)
  const failed = inGuardedTransaction(client, guard, async () => {
    await client.query('create table t ()')
    throw new Error('no')
  })
  await expect(failed).rejects.toThrow('no')
  expect((await client.query(`select from pg_class where relname = 't'`)).rowCount).toBe(0)
  await inGuardedTransaction(client, guard, () => client.query('create table t ()'))
})

test('a transaction that the server rolled back does not pass for committed', async () => {
  await using target = await createDatabase('target')
  const client = await target.connect()
  const guard = newGuard()
  await takeOver(client, guard)
  const swallowed = inGuardedTransaction(client, guard, async () => {
    await client.query('select 1 / 0').catch(() => undefined)
  })
  await expect(swallowed).rejects.toMatchObject({ code: 'INTERNAL' })
})

test('transactions do not depend on the defaults of the database', async () => {
  await using target = await createDatabase('target')
  await target.query(`alter database ${target.name} set default_transaction_isolation = 'serializable'`)
  await target.query(`alter database ${target.name} set default_transaction_read_only = on`)
  const client = await target.connect()
  const guard = newGuard()
  await takeOver(client, guard)
  const isolation = () => client.query('show transaction_isolation')
  const { rows } = await inGuardedTransaction(client, guard, isolation)
  expect(rows).toEqual([{ transaction_isolation: 'read committed' }])
})

test('owners that come at the same time make one schema, and the latest epoch stays', async () => {
  await using target = await createDatabase('target')
  const guard = newGuard()
  const epochs = [1n, 2n, 3n, 4n, 5n, 6n]
  const outcomes = await Promise.allSettled(
    epochs.map(async (epoch) => takeOver(await target.connect(), { ...guard, epoch })),
  )
  expect(outcomes.at(-1)).toMatchObject({ status: 'fulfilled' })
  const { rows } = await target.query('select lease_epoch from godwit.progress')
  expect(rows).toEqual([{ lease_epoch: '6' }])
})

test('the schema goes with the last migration', async () => {
  await using target = await createDatabase('target')
  const client = await target.connect()
  const [one, other] = [newGuard(), newGuard()]
  await takeOver(client, one)
  await takeOver(client, other)
  await markRestored(client, one, 'digest')
  await removeBookkeeping(client, one)
  expect(await hasSchema(target)).toBe(true)
  expect(await readRestored(client, one)).toEqual(new Set())
  await removeBookkeeping(client, other)
  expect(await hasSchema(target)).toBe(false)
})

test('what is removed can be removed again, and its owner writes nothing any more', async () => {
  await using target = await createDatabase('target')
  const client = await target.connect()
  const [gone, other] = [newGuard(), newGuard()]
  await takeOver(client, gone)
  await takeOver(client, other)
  await removeBookkeeping(client, gone)
  await removeBookkeeping(client, gone)
  await expect(
    inGuardedTransaction(client, gone, () => client.query('create table t ()')),
  ).rejects.toMatchObject(lost)
  await removeBookkeeping(client, other)
  await removeBookkeeping(client, other)
  expect(await hasSchema(target)).toBe(false)
})

test('marks of copied parts and restored objects belong to one migration, and commit with its rows', async () => {
  await using target = await createDatabase('target')
  const client = await target.connect()
  const [one, other] = [newGuard(), newGuard()]
  await takeOver(client, one)
  await takeOver(client, other)
  const part = { schema: 'Odd "s"', table: 't.1', part: 3, rows: 9_007_199_254_740_993n, bytes: 12n }
  await inGuardedTransaction(client, one, async () => {
    await markCopied(client, one, part)
    await markRestored(client, one, 'digest')
    await markRestored(client, one, 'digest')
  })
  const rolledBack = inGuardedTransaction(client, other, async () => {
    await markCopied(client, other, part)
    throw new Error('no')
  })
  await expect(rolledBack).rejects.toThrow('no')
  expect(await readCopied(client, one)).toEqual([part])
  expect(await readRestored(client, one)).toEqual(new Set(['digest']))
  expect(await readCopied(client, other)).toEqual([])
  expect(await readRestored(client, other)).toEqual(new Set())
  await inGuardedTransaction(client, one, () => clearCopied(client, one))
  expect(await readCopied(client, one)).toEqual([])
  expect(await readRestored(client, one)).toEqual(new Set(['digest']))
})
