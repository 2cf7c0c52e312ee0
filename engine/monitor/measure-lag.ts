import type pg from 'pg'
import type { IncrementalProgress } from '../apply/index.ts'
import { toSessionError } from '../endpoint/index.ts'
import { GodwitError } from '../errors.ts'
import type { NewLagSample } from '../ports/index.ts'
import { formatLsn, parseLsn } from '../replication/lsn.ts'
import { slotColumnsSql, sourceSql, toSlotState, type SlotColumns } from './slot-columns.ts'

/** How far the target is, and which slot holds back the log for it. */
export interface LagRequest extends Omit<IncrementalProgress, 'steps'> {
  readonly slotName: string
}

/**
 * Of transactions those count that have written, in any database: the slot keeps the log from their beginning on. What
 * other roles do shows to members of pg_read_all_stats only.
 */
const lagSql = `
  with ${sourceSql}
  select source.lsn::text as source_lsn,
         greatest(source.lsn - $2::pg_lsn, 0)::int8::text as bytes,
         coalesce(greatest(extract(epoch from pg_catalog.clock_timestamp()
           - (timestamptz '2000-01-01 00:00:00+00' + $3::int8 * interval '1 microsecond')), 0), 0)::float8 as seconds,
         oldest.seconds as oldest_transaction_seconds, ${slotColumnsSql}
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
    ...toSlotState(row),
    oldestTransactionSeconds: row.oldest_transaction_seconds,
    sourceLsn: parseLsn(row.source_lsn),
    appliedLsn: request.appliedLsn,
    appliedTransactions: request.appliedTransactions,
    appliedChanges: request.appliedChanges,
  }
}

interface LagRow extends SlotColumns {
  readonly source_lsn: string
  readonly bytes: string
  readonly seconds: number
  readonly oldest_transaction_seconds: number
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
