import type pg from 'pg'
import { toSessionError } from '../endpoint/index.ts'
import { GodwitError } from '../errors.ts'
import type { IdleSlot, SlotState } from '../ports/index.ts'
import { readWalStatus } from './measure-lag.ts'

/** As the lag is measured, for a slot alone. */
const slotSql = `
  select s.slot_name is not null as found,
         coalesce(greatest(case when pg_catalog.pg_is_in_recovery() then pg_catalog.pg_last_wal_replay_lsn()
                                else pg_catalog.pg_current_wal_lsn() end - s.restart_lsn, 0), 0)::int8::text
           as retained_bytes,
         pg_catalog.to_jsonb(s) ->> 'wal_status' as wal_status,
         case when pg_catalog.to_jsonb(s) ->> 'safe_wal_size' is not null -- greatest() passes by NULL
              then greatest((pg_catalog.to_jsonb(s) ->> 'safe_wal_size')::int8, 0) end::text as safe_wal_bytes
    from (values ($1)) as wanted (slot_name)
    left join pg_catalog.pg_replication_slots s on s.slot_name = wanted.slot_name`

interface SlotRow {
  readonly found: boolean
  readonly retained_bytes: string
  readonly wal_status: string | null
  readonly safe_wal_bytes: string | null
}

/**
 * Measures on the source what a slot holds back. One that is gone is lost only where it was needed.
 * @throws GodwitError CONNECTION_LOST, PERMISSION_DENIED
 */
export async function measureSlot(
  source: pg.Client,
  { slotName, needed }: Pick<IdleSlot, 'slotName' | 'needed'>,
): Promise<SlotState> {
  const row = await readSlot(source, slotName)
  if (!row.found) return { retainedBytes: 0n, walStatus: needed ? 'lost' : null, safeWalBytes: null }
  return {
    retainedBytes: BigInt(row.retained_bytes),
    walStatus: readWalStatus(row.wal_status),
    safeWalBytes: row.safe_wal_bytes === null ? null : BigInt(row.safe_wal_bytes),
  }
}

async function readSlot(source: pg.Client, slotName: string): Promise<SlotRow> {
  try {
    const { rows } = await source.query<SlotRow>(slotSql, [slotName])
    const row = rows[0]
    if (row === undefined) throw new GodwitError('PROTOCOL_VIOLATION', 'The slot query returned no row.')
    return row
  } catch (error) {
    throw toSessionError(error, 'Measuring the replication slot')
  }
}
