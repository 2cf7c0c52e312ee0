import type pg from 'pg'
import { toSessionError } from '../endpoint/index.ts'
import { GodwitError } from '../errors.ts'
import type { IdleSlot, SlotState } from '../ports/index.ts'
import { slotColumnsSql, sourceSql, toSlotState, type SlotColumns } from './slot-columns.ts'

const slotSql = `
  with ${sourceSql}
  select s.slot_name is not null as found, ${slotColumnsSql}
    from source
    left join pg_catalog.pg_replication_slots s on s.slot_name = $1`

interface SlotRow extends SlotColumns {
  readonly found: boolean
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
  const state = toSlotState(row)
  return row.found || needed ? state : { ...state, walStatus: null }
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
