import { and, eq, sql } from 'drizzle-orm'
import type { IdleSlot, IdleSlotStore, SlotState } from '../../engine/index.ts'
import type { ControlDatabase, Database } from '../control-database.ts'
import { lagSamples, migrations, steps, streams } from '../schema/index.ts'
import { mayHoldSlot } from './holds-slot.ts'

export function createIdleSlotStore(database: ControlDatabase): IdleSlotStore {
  return {
    claim: (intervalMs) => database.transaction((transaction) => claimSlot(transaction, intervalMs)),
    save: (slot, state) => database.run((session) => saveSlot(session, slot, state)),
  }
}

interface ClaimRow {
  readonly [column: string]: unknown
  readonly migration_id: string
  readonly source_id: string
  readonly slot_name: string
  readonly needed: boolean
  readonly claimed_at: number
}

/** Idle is what has no recent lag sample, as long as the slot may still be there. */
async function claimSlot(transaction: Database, intervalMs: number): Promise<IdleSlot | null> {
  const since = sql`clock_timestamp() - ${intervalMs} * interval '1 millisecond'`
  const { rows } = await transaction.execute<ClaimRow>(sql`
    update ${streams} as claimed
       set slot_claimed_at = clock_timestamp()
      from (
        select st.migration_id, st.name, m.source_id,
               m.status <> 'CANCELLING' and not exists (
                 select from ${steps}
                  where migration_id = m.id and step in ('PREPARE', 'FULL_COPY')
                    and status not in ('DONE', 'SKIPPED')) as needed
          from ${streams} as st
          join ${migrations} as m on m.id = st.migration_id
         where ${mayHoldSlot} and m.deleted_at is null
           and (st.slot_claimed_at is null or st.slot_claimed_at <= ${since})
           and not exists (select from ${lagSamples} where migration_id = m.id and at > ${since})
         order by st.slot_claimed_at nulls first
         limit 1
           for update of st skip locked
      ) as due
     where claimed.migration_id = due.migration_id and claimed.name = due.name
    returning claimed.migration_id, due.source_id, claimed.slot_name, due.needed,
              extract(epoch from claimed.slot_claimed_at)::float8 * 1000 as claimed_at`)
  const row = rows[0]
  if (row === undefined) return null
  return {
    migrationId: row.migration_id,
    sourceId: row.source_id,
    slotName: row.slot_name,
    needed: row.needed,
    claimedAt: new Date(row.claimed_at),
  }
}

async function saveSlot(
  session: Database,
  { migrationId, slotName, claimedAt }: IdleSlot,
  { retainedBytes, walStatus, safeWalBytes }: SlotState,
): Promise<void> {
  await session
    .update(streams)
    .set({
      slotMeasuredAt: claimedAt,
      slotRetainedBytes: retainedBytes,
      slotWalStatus: walStatus,
      slotSafeWalBytes: safeWalBytes,
    })
    .where(and(eq(streams.migrationId, migrationId), eq(streams.slotName, slotName)))
}
