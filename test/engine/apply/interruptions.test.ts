import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { takeOver } from '../../../engine/bookkeeping/index.ts'
import { isGodwitError } from '../../../engine/index.ts'
import { waitForBlocked } from '../../support/blocked.ts'
import { chooseSeed, type Random, seededRandom } from '../../support/random.ts'
import type { TestDatabase } from '../../support/servers.ts'
import { createReplica, type Replica } from './replica.ts'

const schema = `
  create table account (id int primary key, balance int, email text unique, note text);
  create table entry (account_id int, amount int, note text);
  alter table entry replica identity full`
const rows = `insert into account select i, 0, 'e' || i, (select string_agg(md5(j::text), '') from generate_series(1, 100) j)
                from generate_series(1, 50) i`

/** Transactions of all kinds until told to stop. */
async function write(source: TestDatabase, random: Random, signal: AbortSignal): Promise<void> {
  const client = await source.connect()
  while (!signal.aborted) {
    const id = random.between(1, 50)
    const statement = random.pick([
      `update account set balance = balance + 1 where id = ${id}; insert into entry values (${id}, 1, 'x')`,
      `insert into entry select ${id}, i % 3, null from generate_series(1, ${random.between(1, 30)}) i`,
      `delete from entry where ctid = any (array(select ctid from entry where account_id = ${id} limit 2))`,
      `update entry set amount = amount + 1 where account_id = ${id} and amount < 5`,
      `update account set note = repeat('${id}', 500) where id = ${id}`,
      `update account set id = id + 1000 where id = ${id}; update account set id = id - 1000 where id = ${id} + 1000`,
      `begin; update account set email = null where id = ${id}; savepoint a; delete from entry; rollback to a; commit`,
      `begin; insert into entry values (${id}, 1, 'never'); rollback`,
    ])
    await client.query(statement)
    await sleep(random.between(0, 20))
  }
}

const terminate = (database: TestDatabase, name: string) =>
  database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = $1`,
    [name],
  )

/** Nothing may be acknowledged that the target does not have. */
async function assertAcknowledged(replica: Replica): Promise<void> {
  const slot = await replica.source.query<{ lsn: string }>(
    'select confirmed_flush_lsn::text as lsn from pg_replication_slots where slot_name = $1',
    [replica.slotName],
  )
  const progress = await replica.target.query<{ ahead: boolean }>(
    `select $1::pg_lsn > greatest(commit_end_lsn, $2::pg_lsn) as ahead from godwit.progress`,
    [slot.rows[0]!.lsn, `0/${replica.startLsn.toString(16)}`],
  )
  expect(progress.rows).toEqual([{ ahead: false }])
}

test('whatever is cut, whenever, each transaction arrives exactly once and is not acknowledged before', async () => {
  const random = seededRandom(chooseSeed())
  await using replica = await createReplica({ schema, rows })
  const { source, target } = replica
  const stopWriting = new AbortController()
  const writing = [1, 2].map((salt) => write(source, random.fork(salt), stopWriting.signal))
  const cuts: string[] = []
  const stop = new AbortController()
  const following = (async () => {
    while (!stop.signal.aborted) {
      const cut = new AbortController()
      const cutting = (async () => {
        await sleep(random.between(0, 400))
        const how = random.pick(['target', 'source', 'abort'])
        cuts.push(how)
        if (how === 'target') await terminate(target, 'godwit apply')
        else if (how === 'source') await terminate(source, 'godwit stream')
        else cut.abort(new Error('cut'))
      })()
      const limits = { maxChanges: random.pick([3, 30, 10_000]), maxBytes: 1_000_000 }
      const signal = AbortSignal.any([cut.signal, AbortSignal.timeout(1_000)])
      const error: unknown = await replica.follow({ signal, limits }).catch((reason: unknown) => reason)
      await cutting
      const isExpected = isGodwitError(error) ? error.retryable : /cut|timeout/.test(String(error))
      expect({ error: String(error), isExpected }).toMatchObject({ isExpected: true })
    }
  })()
  const watching = (async () => {
    do {
      await assertAcknowledged(replica)
      await sleep(50)
    } while (cuts.length < 20)
  })()
  await Promise.race([watching, following])
  stopWriting.abort()
  await Promise.all(writing)
  stop.abort()
  await following
  await replica.catchUp()
  await replica.expectEqual()
})

test('a former owner changes nothing any more', async () => {
  await using replica = await createReplica({ schema: 'create table t (id int primary key)' })
  const { source, target, guard } = replica
  await source.query('insert into t values (1)')
  await replica.catchUp()
  const session = await target.connect()
  await takeOver(session, { ...guard, epoch: 2n })
  await source.query('insert into t values (2)')
  await expect(replica.catchUp()).rejects.toMatchObject({ code: 'LEASE_LOST' })
  expect((await target.query('select id from t')).rows).toEqual([{ id: 1 }])
  await replica.catchUp({ guard: { ...guard, epoch: 2n } })
  await replica.expectEqual()
})

test('an owner that is replaced while it writes commits nothing', async () => {
  await using replica = await createReplica({ schema: 'create table t (id int primary key)' })
  const { source, target, guard } = replica
  const blocker = await target.connect()
  await blocker.query('begin; lock table t')
  await source.query('insert into t select generate_series(1, 10)')
  const outcome = replica.catchUp().catch((error: unknown) => error)
  await waitForBlocked(target)
  const watcher = await target.connect()
  await takeOver(watcher, { ...guard, epoch: 2n })
  await blocker.query('commit')
  expect(await outcome).toMatchObject({ code: 'LEASE_LOST' })
  expect((await target.query('select from t')).rowCount).toBe(0)
})

test('a row that the target has already is a divergence, and everything before it arrives', async () => {
  await using replica = await createReplica({ schema: 'create table t (id int primary key, n text)' })
  const { source, target } = replica
  await target.query(`insert into t values (2, 'mine')`)
  await source.query(`insert into t values (1, 'a')`)
  await source.query(`insert into t values (2, 'secret')`)
  await source.query(`insert into t values (3, 'c')`)
  const failure = await replica.catchUp().catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'TARGET_DIVERGED', retryable: false })
  expect(String(failure)).toMatch(/An insert into public\.t in the source transaction committed at .*key: id/)
  expect(String(failure)).not.toContain('secret')
  expect((await target.query('select id from t order by id')).rows).toEqual([{ id: 1 }, { id: 2 }])
  await target.query('delete from t where id = 2')
  await replica.catchUp()
  await replica.expectEqual()
})

test.each([
  'update t set n = 5 where id = 2',
  'delete from t where id = 2',
  'update t set id = 7 where id = 2',
])('a row that the target lacks is a divergence: %s', async (change) => {
  await using replica = await createReplica({
    schema: 'create table t (id int primary key, n int)',
    rows: 'insert into t select i, i from generate_series(1, 3) i',
  })
  await replica.target.query('delete from t where id = 2')
  await replica.source.query('update t set n = 10 where id = 1')
  await replica.source.query(change)
  await expect(replica.catchUp()).rejects.toMatchObject({ code: 'TARGET_DIVERGED' })
  expect((await replica.target.query('select n from t where id = 1')).rows).toEqual([{ n: 10 }])
})

test('an abort ends it at once, also while the target keeps it waiting', async () => {
  await using replica = await createReplica({ schema: 'create table t (id int primary key)' })
  const blocker = await replica.target.connect()
  await blocker.query('begin; lock table t')
  await replica.source.query('insert into t values (1)')
  const abort = new AbortController()
  const outcome = replica.follow({ signal: abort.signal }).catch((error: unknown) => error)
  await waitForBlocked(replica.target)
  const reason = new Error('enough')
  abort.abort(reason)
  expect(await outcome).toBe(reason)
})

test('progress tells positions, counts and what waits', async () => {
  await using replica = await createReplica({ schema: 'create table t (id int primary key)' })
  const blocker = await replica.target.connect()
  await blocker.query('begin; lock table t')
  await replica.source.query('insert into t select generate_series(1, 3)')
  const abort = new AbortController()
  const seen: { changes: bigint; waiting: boolean }[] = []
  const outcome = replica
    .follow({
      signal: abort.signal,
      onProgress: ({ appliedChanges, oldestUnappliedCommitMicros }) =>
        seen.push({ changes: appliedChanges, waiting: oldestUnappliedCommitMicros !== null }),
    })
    .catch((error: unknown) => error)
  await expect.poll(() => seen.at(-1)).toEqual({ changes: 0n, waiting: true })
  await blocker.query('commit')
  await expect.poll(() => seen.at(-1)).toEqual({ changes: 3n, waiting: false })
  abort.abort(new Error('enough'))
  await outcome
})

test('what comes before a statement is progress, and what gathers behind one that waits is not', async () => {
  await using replica = await createReplica({ schema: 'create table t (id int primary key)' })
  const blocker = await replica.target.connect()
  await blocker.query('begin; lock table t')
  await replica.source.query('insert into t values (0)')
  const abort = new AbortController()
  const seen: number[] = []
  const outcome = replica
    .follow({ signal: abort.signal, onProgress: ({ steps }) => seen.push(steps) })
    .catch((error: unknown) => error)
  await waitForBlocked(replica.target)
  const waitForTicks = async () => {
    const told = seen.length
    await expect.poll(() => seen.length).toBeGreaterThan(told + 2)
    return seen.at(-1)!
  }
  const before = await waitForTicks()
  // The change that came, and the begin of its transaction on the target.
  expect(before).toBeGreaterThanOrEqual(2)
  await replica.source.query('insert into t values (1)')
  expect(await waitForTicks()).toBe(before)
  await blocker.query('commit')
  await expect.poll(() => seen.at(-1)).toBeGreaterThan(before)
  abort.abort(new Error('enough'))
  await outcome
})
