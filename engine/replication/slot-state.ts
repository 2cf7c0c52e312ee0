import type pg from 'pg'
import { parseLsn, type Lsn } from './lsn.ts'

/** A replication slot as the source shows it. */
export interface SlotState {
  readonly plugin: string | null
  readonly database: string | null
  /** Whether it belongs to the database of the session that asks. */
  readonly here: boolean
  /** The session that uses it. */
  readonly activePid: number | null
  /** Whether that session is one of Godwit's. */
  readonly heldByGodwit: boolean
  /** What was acknowledged: earlier changes are not sent again. */
  readonly confirmedLsn: Lsn | null
  /** Why the slot cannot be used any more; null for one that can. */
  readonly lostBecause: string | null
}

interface SlotRow {
  readonly plugin: string | null
  readonly database: string | null
  readonly here: boolean
  readonly active_pid: number | null
  readonly held_by_godwit: boolean
  readonly confirmed_lsn: string | null
  readonly lost_because: string | null
}

// Columns that only newer servers have are read through JSON, where a missing one is NULL.
const slotSql = `
  select s.plugin::text as plugin, s.database::text as database,
         s.database = pg_catalog.current_database() as here,
         s.active_pid,
         a.application_name is not null and a.application_name like 'godwit %' as held_by_godwit,
         s.confirmed_flush_lsn::text as confirmed_lsn,
         case when pg_catalog.to_jsonb(s) ->> 'wal_status' = 'lost'
                or pg_catalog.to_jsonb(s) ->> 'conflicting' = 'true'
                or pg_catalog.to_jsonb(s) ->> 'invalidation_reason' is not null
              then coalesce(pg_catalog.to_jsonb(s) ->> 'invalidation_reason', 'wal_removed')
         end as lost_because
    from pg_catalog.pg_replication_slots s
    left join pg_catalog.pg_stat_activity a on a.pid = s.active_pid
   where s.slot_name = $1`

/**
 * Reads a slot by its name; null when there is none.
 * @see https://www.postgresql.org/docs/current/view-pg-replication-slots.html
 */
export async function readSlot(client: pg.Client, slotName: string): Promise<SlotState | null> {
  const { rows } = await client.query<SlotRow>(slotSql, [slotName])
  const row = rows[0]
  if (row === undefined) return null
  return {
    plugin: row.plugin,
    database: row.database,
    here: row.here,
    activePid: row.active_pid,
    heldByGodwit: row.held_by_godwit,
    confirmedLsn: row.confirmed_lsn === null ? null : parseLsn(row.confirmed_lsn),
    lostBecause: row.lost_because,
  }
}
