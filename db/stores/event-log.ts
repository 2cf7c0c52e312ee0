import { and, asc, gt, sql } from 'drizzle-orm'
import { GodwitError, type EventLog, type MigrationEvent } from '../../engine/index.ts'
import type { ControlDatabase, Database } from '../control-database.ts'
import { events } from '../schema/index.ts'
import { toActor } from './actor.ts'
import { isMigration } from './migration-rows.ts'
import { badInput } from './validate.ts'

type EventRow = typeof events.$inferSelect

/** A place in the feed: behind the event with these numbers. */
interface FeedPosition {
  readonly xid: bigint
  readonly seq: bigint
}

const beginning: FeedPosition = { xid: 0n, seq: 0n }

export function createEventLog(database: ControlDatabase): EventLog {
  return {
    readMigration: (migrationId, after, limit) =>
      database.run(async (session) => {
        // The row lock under which the numbers are taken lets them appear in order.
        const rows = await session
          .select()
          .from(events)
          .where(and(isMigration(events.migrationId, migrationId), gt(events.sequence, after)))
          .orderBy(asc(events.sequence))
          .limit(limit)
        return rows.map(toEvent)
      }),
    readAll: async (after, limit) => {
      const position = after === null ? beginning : readCursor(after)
      const rows = await database.run(async (session) => {
        const found = await readFeed(session, position, limit)
        if (found.length === 0) await assertPositionIsOfCluster(session, position)
        return found
      })
      return rows.map(toEvent)
    },
    latestCursor: () =>
      database.run(async (session) => {
        const found = await session.execute<{ xmin: string }>(
          sql`select pg_snapshot_xmin(pg_current_snapshot())::text as xmin`,
        )
        return writeCursor({ xid: BigInt(found.rows[0]?.xmin ?? 0), seq: 0n })
      }),
  }
}

/**
 * Reads only what transactions older than every running one have written: what they have not written by now, they
 * never will. So nothing can turn up later in front of what was read.
 * @see https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT
 */
async function readFeed(session: Database, { xid, seq }: FeedPosition, limit: number): Promise<EventRow[]> {
  return await session
    .select()
    .from(events)
    .where(
      and(
        sql`(${events.xid}, ${events.seq}) > (${String(xid)}::xid8, ${String(seq)}::bigint)`,
        sql`${events.xid} < pg_snapshot_xmin(pg_current_snapshot())`,
      ),
    )
    .orderBy(asc(events.xid), asc(events.seq))
    .limit(limit)
}

/**
 * A cursor never lies behind the oldest running transaction, unless another cluster gave it: nothing would be read
 * until this one has counted up to it.
 */
async function assertPositionIsOfCluster(session: Database, { xid }: FeedPosition): Promise<void> {
  const found = await session.execute<{ foreign: boolean }>(
    sql`select ${String(xid)}::xid8 > pg_snapshot_xmin(pg_current_snapshot()) as foreign`,
  )
  if (found.rows[0]?.foreign !== true) return
  throw new GodwitError(
    'CURSOR_EXPIRED',
    'The cursor was given before the control database was restored or moved.',
  )
}

function toEvent(row: EventRow): MigrationEvent {
  const { id, migrationId, sequence, type, message, payload, at } = row
  return {
    id,
    migrationId,
    sequence,
    type,
    message,
    payload,
    actor: toActor(row),
    at,
    cursor: writeCursor(row),
  }
}

function writeCursor({ xid, seq }: FeedPosition): string {
  return Buffer.from(`event:${xid}:${seq}`).toString('base64url')
}

function readCursor(cursor: string): FeedPosition {
  const match = /^event:(\d{1,19}):(\d{1,18})$/.exec(Buffer.from(cursor, 'base64url').toString())
  const [, xid, seq] = match ?? []
  if (xid === undefined || seq === undefined) throw badInput('after', 'is not a cursor of the events')
  return { xid: BigInt(xid), seq: BigInt(seq) }
}
