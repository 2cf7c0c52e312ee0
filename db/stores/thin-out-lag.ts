import { and, eq, isNull, lt, or, sql } from 'drizzle-orm'
import type { Database } from '../control-database.ts'
import { lagSamples, streams } from '../schema/index.ts'

/**
 * Keeps every sample of the last ten minutes, the last of each minute for a day, and the last of each hour before
 * that. Does so once a minute at most.
 */
export async function thinOutLag(transaction: Database, migrationId: string): Promise<void> {
  const due = await transaction
    .update(streams)
    .set({ lagThinnedAt: sql`clock_timestamp()` })
    .where(
      and(
        eq(streams.migrationId, migrationId),
        or(
          isNull(streams.lagThinnedAt),
          lt(streams.lagThinnedAt, sql`clock_timestamp() - interval '1 minute'`),
        ),
      ),
    )
  if (due.rowCount === 0) return
  await transaction.execute(sql`
    delete from ${lagSamples}
     using (
       select id,
              row_number() over (
                partition by old, case when old then date_trunc('hour', at) else date_trunc('minute', at) end
                order by at desc, id desc
              ) as place
         from (
           select id, at, at < now() - interval '1 day' as old
             from ${lagSamples}
            where migration_id = ${migrationId} and at < now() - interval '10 minutes'
         ) as samples
     ) as ranked
     where ${lagSamples.id} = ranked.id and ranked.place > 1`)
}
