import { walStatuses, type SlotState } from '../ports/index.ts'

/** The table `source`: a standby has what it has replayed, a primary what it has written. */
export const sourceSql = `
  source as (
    select case when pg_catalog.pg_is_in_recovery() then pg_catalog.pg_last_wal_replay_lsn()
                else pg_catalog.pg_current_wal_lsn() end as lsn
  )`

/**
 * What the slot `s` holds back on `source`. Columns that only newer servers have are read through JSON, where a missing
 * one is NULL.
 * @see https://www.postgresql.org/docs/current/view-pg-replication-slots.html
 */
export const slotColumnsSql = `
  coalesce(greatest(source.lsn - s.restart_lsn, 0), 0)::int8::text as retained_bytes,
  case when s.slot_name is null then 'lost' else pg_catalog.to_jsonb(s) ->> 'wal_status' end as wal_status,
  case when pg_catalog.to_jsonb(s) ->> 'safe_wal_size' is not null -- greatest() passes by NULL
       then greatest((pg_catalog.to_jsonb(s) ->> 'safe_wal_size')::int8, 0) end::text as safe_wal_bytes`

export interface SlotColumns {
  readonly retained_bytes: string
  readonly wal_status: string | null
  readonly safe_wal_bytes: string | null
}

/** A word that a later server may add for the status says nothing to us. */
export function toSlotState({ retained_bytes, wal_status, safe_wal_bytes }: SlotColumns): SlotState {
  return {
    retainedBytes: BigInt(retained_bytes),
    walStatus: walStatuses.find((status) => status === wal_status) ?? null,
    safeWalBytes: safe_wal_bytes === null ? null : BigInt(safe_wal_bytes),
  }
}
