import type pg from 'pg'
import type { IncrementalProgress } from '../apply/index.ts'
import { toSessionError } from '../endpoint/index.ts'
import { GodwitError } from '../errors.ts'
import { walStatuses, type NewLagSample, type WalStatus } from '../ports/index.ts'
import { formatLsn, parseLsn } from '../replication/lsn.ts'

/** How far the target is, and which slot holds back the log for it. */
export interface LagRequest extends Omit<IncrementalProgress, 'steps'> {
  readonly slotName: string
}

/**
 * A standby has what it has replayed, a primary what it has written. Columns that only newer servers have are read
 * through JSON, where a missing one is NULL. Of transactions those count that have written, in any database: the
 * slot keeps the log from their beginning on. What other roles do shows to members of pg_read_all_stats only.
 * @see https://www.postgresql.org/docs/current/view-pg-replication-slots.html
 */
const lagSql = `
  with source as (
    select case when pg_catalog.pg_is_in_recovery() then pg_catalog.pg_last_wal_replay_lsn()
                else pg_catalog.pg_current_wal_lsn() end as lsn
  )
  select source.lsn::text as source_lsn,
         greatest(source.lsn - $2::pg_lsn, 0)::int8::text as bytes,
         greatest(source.lsn - s.restart_lsn, 0)::int8::text as retained_bytes,
         coalesce(greatest(extract(epoch from pg_catalog.clock_timestamp()
           - (timestamptz '2000-01-01 00:00:00+00' + $3::int8 * interval '1 microsecond')), 0), 0)::float8 as seconds,
         case when s.slot_name is null then 'lost' else pg_catalog.to_jsonb(s) ->> 'wal_status' end as wal_status,
         case when pg_catalog.to_jsonb(s) ->> 'safe_wal_size' is not null -- greatest() passes by NULL
              then greatest((pg_catalog.to_jsonb(s) ->> 'safe_wal_size')::int8, 0) end::text as safe_wal_bytes,
         oldest.seconds as oldest_transaction_seconds
    from source
    left join pg_catalog.pg_replication_slots s on s.slot_name = $1
   cross join (
     select coalesce(greatest(extract(epoch from pg_catalog.clock_timestamp() - min(since)), 0), 0)::float8 as seconds
       from (
         select xact_start as since from pg_catalog.pg_stat_activity where backend_xid is not null
         union all
         select prepared from pg_catalog.pg_prepared_xacts
       ) as writing
   ) as oldest`

/**
 * Measures on the source how far the target is behind it. Both clocks of the seconds are the source's.
 * @throws GodwitError CONNECTION_LOST, PERMISSION_DENIED
 */
export async function measureLag(source: pg.Client, request: LagRequest): Promise<NewLagSample> {
  const row = await readLag(source, request)
  return {
    bytes: BigInt(row.bytes),
    seconds: row.seconds,
    retainedBytes: BigInt(row.retained_bytes ?? 0),
    walStatus: readWalStatus(row.wal_status),
    safeWalBytes: row.safe_wal_bytes === null ? null : BigInt(row.safe_wal_bytes),
    oldestTransactionSeconds: row.oldest_transaction_seconds,
    sourceLsn: parseLsn(row.source_lsn),
    appliedLsn: request.appliedLsn,
    appliedTransactions: request.appliedTransactions,
    appliedChanges: request.appliedChanges,
  }
}

interface LagRow {
  readonly source_lsn: string
  readonly bytes: string
  readonly retained_bytes: string | null
  readonly seconds: number
  readonly wal_status: string | null
  readonly safe_wal_bytes: string | null
  readonly oldest_transaction_seconds: number
}

/** A word that a later server may add says nothing to us. */
export function readWalStatus(text: string | null): WalStatus | null {
  return walStatuses.find((status) => status === text) ?? null
}

async function readLag(source: pg.Client, request: LagRequest): Promise<LagRow> {
  const parameters = [request.slotName, formatLsn(request.appliedLsn), request.oldestUnappliedCommitMicros]
  try {
    const { rows } = await source.query<LagRow>(lagSql, parameters)
    const row = rows[0]
    if (row === undefined) throw new GodwitError('PROTOCOL_VIOLATION', 'The lag query returned no row.')
    return row
  } catch (error) {
    throw toSessionError(error, 'Measuring the lag')
  }
}
