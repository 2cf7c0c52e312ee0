import { sql } from 'drizzle-orm'
import { steps } from '../schema/index.ts'

/** Of the migration `m`: RELEASE, which drops the slot, has begun. */
export const isReleasing = sql`
  exists (
    select from ${steps}
     where migration_id = m.id and step = 'RELEASE' and status not in ('PENDING', 'SKIPPED'))`

/** Of the migration `m` with the stream `st`: a slot of its own may be there, and the source keeps its WAL for it. */
export const mayHoldSlot = sql`(
  m.incremental and st.consistent_point is not null
  and (m.status in ('QUEUED', 'RUNNING', 'PAUSED', 'FAILED', 'CANCELLING')
       or (m.status = 'COMPLETING' and not ${isReleasing})))`
