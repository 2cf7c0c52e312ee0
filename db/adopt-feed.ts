import { sql } from 'drizzle-orm'
import type { Logger } from 'pino'
import type { Database } from './control-database.ts'
import { events, webhooks } from './schema/index.ts'

/** Below every transaction id, and not below the beginning of the feed (see stores/event-log.ts). */
const beforeAll = sql`'0'::xid8`

/** The statement sees nothing that a transaction from here on has written; so its number is of another cluster. */
const next = sql`pg_snapshot_xmax(pg_current_snapshot())`

/**
 * Makes the feed of events go on after a dump of the control database was restored into a cluster whose transaction
 * ids are lower: by the ids of the old cluster, all that happens from now on would lie before what happened then.
 * Must run under the lock of the schema, so that one process does it.
 */
export async function adoptFeed(database: Database, log: Logger): Promise<void> {
  if (!(await isOfAnotherCluster(database))) return
  await database.transaction(async (transaction) => {
    // Nobody may read a cursor or append an event in between.
    await transaction.execute(sql`lock table ${webhooks}, ${events} in exclusive mode`)
    await moveWebhookCursors(transaction)
    await transaction.execute(sql`update ${events} set xid = ${beforeAll}`)
  })
  log.warn(
    'the control database comes from another cluster: its feed of events was renumbered, and cursors that clients of subscriptions keep have expired',
  )
}

async function isOfAnotherCluster(database: Database): Promise<boolean> {
  const found = await database.execute<{ foreign: boolean }>(sql`
    select exists (select from ${events} where ${events.xid} >= ${next})
      or exists (select from ${webhooks} where ${webhooks.cursorXid} > ${next}) as foreign`)
  return found.rows[0]?.foreign === true
}

/**
 * `seq` alone becomes the order of the events: within a migration it is the same one. Each cursor moves to just before
 * the first event that it has not passed. Where transactions overlapped, passed ones may lie behind that; making the
 * deliveries leaves them out.
 *
 * What was appended behind the last event of the old cluster came last, though its id is lower: by a program that
 * ran on the restored database without doing this.
 */
async function moveWebhookCursors(transaction: Database): Promise<void> {
  const { cursorXid, cursorSeq, createdAt } = webhooks
  await transaction.execute(sql`
    with edge as (select coalesce(max(${events.seq}), 0) as seq from ${events} where ${events.xid} >= ${next})
    update ${webhooks} set cursor_xid = ${beforeAll}, cursor_seq = coalesce(
      (select min(${events.seq}) - 1 from ${events}
        where ${events.at} >= ${createdAt}
          and (${events.seq} > edge.seq, ${events.xid}, ${events.seq})
            > (${cursorXid} <= ${next} and ${cursorSeq} > edge.seq, ${cursorXid}, ${cursorSeq})),
      (select max(${events.seq}) from ${events}),
      0)
    from edge`)
}
