import type pg from 'pg'
import { GodwitError } from '../errors.ts'
import { formatLsn, parseLsn, type Lsn } from '../replication/lsn.ts'
import { createTablesSql } from './schema.ts'

/** Who writes to the target: every transaction of a migration carries this, so that a former owner changes nothing. */
export interface Guard {
  readonly migrationId: string
  /** Name of the stream: one a database. */
  readonly stream: string
  /** Of the lease under which the owner works. */
  readonly epoch: bigint
}

/** How far the changes of the source are on the target. Written in the transactions that carry them. */
export interface Progress {
  /** End of the last source transaction that is on the target; null before the first. */
  readonly commitEndLsn: Lsn | null
  readonly sourceCommitTime: Date | null
  readonly appliedTransactions: bigint
  readonly appliedChanges: bigint
}

export interface ProgressStep {
  readonly commitEndLsn: Lsn
  /** Microseconds since 2000-01-01 UTC, as the replication protocol has it. */
  readonly sourceCommitMicros: bigint
  readonly transactions: number
  readonly changes: number
}

/**
 * Only one session at a time makes or drops the bookkeeping schema. The key of the advisory lock is the ASCII of
 * "godwit"; a hash of a name would need a function that PostgreSQL 10 lacks.
 */
const lockSql = 'select pg_catalog.pg_advisory_xact_lock(113728124578164)'

const takeOverSql = `
  insert into godwit.progress as p (migration_id, stream, lease_epoch)
  values ($1, $2, $3)
  on conflict (migration_id, stream) do update set lease_epoch = excluded.lease_epoch
    where p.lease_epoch <= excluded.lease_epoch`

function lost(guard: Guard): GodwitError {
  return new GodwitError(
    'LEASE_LOST',
    `Epoch ${guard.epoch} is not the owner of migration ${guard.migrationId} on the target any more.`,
  )
}

/**
 * Makes the `godwit` schema on the target if it is missing and raises the epoch: from here on, former owners are
 * fenced out. Waits for a transaction of a former owner that is still under way.
 * @throws GodwitError LEASE_LOST when a later owner was here
 */
export async function takeOver(client: pg.Client, guard: Guard): Promise<void> {
  await inTransaction(client, async () => {
    await client.query(lockSql)
    await client.query(createTablesSql)
    const taken = await client.query(takeOverSql, [guard.migrationId, guard.stream, guard.epoch])
    if (taken.rowCount !== 1) throw lost(guard)
  })
}

/**
 * To be called inside each transaction that writes to the target, before it writes: holds off a new owner until
 * the end of the transaction. Several sessions of one owner may hold it at once.
 * @throws GodwitError LEASE_LOST
 */
export async function assertOwner(client: pg.Client, guard: Guard): Promise<void> {
  const found = await client.query(
    'select from godwit.progress where migration_id = $1 and stream = $2 and lease_epoch = $3 for share',
    [guard.migrationId, guard.stream, guard.epoch],
  )
  if (found.rowCount !== 1) throw lost(guard)
}

/** Runs `work` in a transaction of the target that only the owner can commit. */
export async function inGuardedTransaction<T>(
  client: pg.Client,
  guard: Guard,
  work: () => Promise<T>,
): Promise<T> {
  return await inTransaction(client, async () => {
    await assertOwner(client, guard)
    return await work()
  })
}

/** Whatever the role's or the database's defaults are: FREEZE needs read committed, and all of it must be writable. */
const beginSql = 'begin transaction isolation level read committed read write'

async function inTransaction<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query(beginSql)
  try {
    const result = await work()
    const ended = await client.query('commit')
    // That is how the server answers a commit after an error that `work` kept to itself.
    if (ended.command !== 'COMMIT')
      throw new GodwitError('INTERNAL', 'A transaction on the target was rolled back.')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => {
      // The connection is gone, and the transaction with it; the first error says why.
    })
    throw error
  }
}

/** Where the stream is; all null and 0 when nothing was applied yet or the bookkeeping is not there. */
export async function readProgress(client: pg.Client, guard: Omit<Guard, 'epoch'>): Promise<Progress> {
  const none: Progress = {
    commitEndLsn: null,
    sourceCommitTime: null,
    appliedTransactions: 0n,
    appliedChanges: 0n,
  }
  if (!(await hasBookkeeping(client))) return none
  const found = await client.query<{
    lsn: string | null
    time: Date | null
    transactions: string
    changes: string
  }>(
    `select commit_end_lsn::text as lsn, source_commit_time as time,
            applied_transactions::text as transactions, applied_changes::text as changes
       from godwit.progress where migration_id = $1 and stream = $2`,
    [guard.migrationId, guard.stream],
  )
  const row = found.rows[0]
  if (row === undefined) return none
  return {
    commitEndLsn: row.lsn === null ? null : parseLsn(row.lsn),
    sourceCommitTime: row.time,
    appliedTransactions: BigInt(row.transactions),
    appliedChanges: BigInt(row.changes),
  }
}

/** The statement of `advanceProgress`, for callers that pipeline it. No row updated: not the owner. */
export const advanceProgressSql = `
  update godwit.progress
     set commit_end_lsn = $4::pg_lsn,
         source_commit_time = timestamptz '2000-01-01 00:00:00+00' + $5::bigint * interval '1 microsecond',
         applied_transactions = applied_transactions + $6::bigint,
         applied_changes = applied_changes + $7::bigint
   where migration_id = $1 and stream = $2 and lease_epoch = $3
     and (commit_end_lsn is null or commit_end_lsn < $4::pg_lsn)`

/** The parameters of `advanceProgressSql`. */
export function advanceProgressParameters(guard: Guard, step: ProgressStep): unknown[] {
  return [
    guard.migrationId,
    guard.stream,
    guard.epoch,
    formatLsn(step.commitEndLsn),
    step.sourceCommitMicros,
    step.transactions,
    step.changes,
  ]
}

/**
 * Notes, in the caller's transaction, that everything up to a commit of the source is in it.
 * @throws GodwitError LEASE_LOST
 */
export async function advanceProgress(client: pg.Client, guard: Guard, step: ProgressStep): Promise<void> {
  const updated = await client.query(advanceProgressSql, advanceProgressParameters(guard, step))
  if (updated.rowCount !== 1) throw lost(guard)
}

/**
 * Takes the migration's rows out, and the schema with the last of them. A former owner that wakes up afterwards
 * finds no row of its epoch and can write nothing. Does nothing when they are gone already.
 * @throws GodwitError LEASE_LOST when a later owner was here
 */
export async function removeBookkeeping(client: pg.Client, guard: Guard): Promise<void> {
  await inTransaction(client, async () => {
    await client.query(lockSql)
    if (!(await hasBookkeeping(client))) return
    const mine = [guard.migrationId, guard.stream]
    const removed = await client.query(
      'delete from godwit.progress where migration_id = $1 and stream = $2 and lease_epoch = $3',
      [...mine, guard.epoch],
    )
    if (removed.rowCount === 0) {
      const left = await client.query(
        'select from godwit.progress where migration_id = $1 and stream = $2',
        mine,
      )
      if (left.rowCount !== 0) throw lost(guard)
    }
    const others = await client.query('select from godwit.progress limit 1')
    if (others.rowCount === 0) await client.query('drop schema godwit cascade')
  })
}

async function hasBookkeeping(client: pg.Client): Promise<boolean> {
  const found = await client.query(`select where pg_catalog.to_regclass('godwit.progress') is not null`)
  return found.rowCount === 1
}
