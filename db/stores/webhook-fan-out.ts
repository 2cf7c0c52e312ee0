import { and, asc, eq, sql, type SQL } from 'drizzle-orm'
import { v7 } from 'uuid'
import { writeWebhookBody } from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import { events, migrations, webhookDeliveries, webhooks } from '../schema/index.ts'
import { toActor } from './actor.ts'
import type { WebhookRow } from './webhook-rows.ts'

const batchSize = 200

/**
 * Takes a webhook that has events before it and that no other worker is at, makes deliveries of the next ones, and
 * moves its cursor behind them, all in the given transaction. So no event is lost or doubled, whoever dies when.
 */
export async function fanOutOne(transaction: Database): Promise<boolean> {
  const [webhook] = await transaction
    .select()
    .from(webhooks)
    .where(
      and(
        webhooks.enabled,
        sql`exists (select from ${events} where ${isNext(sql`${webhooks.cursorXid}`, sql`${webhooks.cursorSeq}`)})`,
      ),
    )
    .limit(1)
    .for('no key update', { skipLocked: true })
  if (webhook === undefined) return false
  const found = await readNext(transaction, webhook)
  const wanted = found.filter((each) => wants(webhook, each))
  if (wanted.length > 0) await insertDeliveries(transaction, webhook, wanted)
  const last = found.at(-1)?.event
  if (last !== undefined) {
    await transaction
      .update(webhooks)
      .set({ cursorXid: last.xid, cursorSeq: last.seq })
      .where(eq(webhooks.id, webhook.id))
  }
  return true
}

/** The rule by which the feed of events is read (see event-log.ts): nothing can turn up later before what was read. */
function isNext(xid: SQL, seq: SQL): SQL {
  return sql`(${events.xid}, ${events.seq}) > (${xid}, ${seq})
    and ${events.xid} < pg_snapshot_xmin(pg_current_snapshot())`
}

type FoundEvent = Awaited<ReturnType<typeof readNext>>[number]

async function readNext(transaction: Database, { cursorXid, cursorSeq }: WebhookRow) {
  return await transaction
    .select({
      event: events,
      migration: {
        id: migrations.id,
        shortId: migrations.shortId,
        name: migrations.name,
        status: migrations.status,
      },
      tags: migrations.tags,
    })
    .from(events)
    .innerJoin(migrations, eq(migrations.id, events.migrationId))
    .where(isNext(sql`${String(cursorXid)}::xid8`, sql`${String(cursorSeq)}::bigint`))
    .orderBy(asc(events.xid), asc(events.seq))
    .limit(batchSize)
}

function wants(webhook: WebhookRow, { event, tags }: FoundEvent): boolean {
  const { eventTypes, migrationIds } = webhook
  return (
    (eventTypes === null || eventTypes.includes(event.type)) &&
    (migrationIds === null || migrationIds.includes(event.migrationId)) &&
    (webhook.tags === null || webhook.tags.every((tag) => tags.includes(tag)))
  )
}

/** An event may come again after a restore (see adopt-feed.ts); its delivery stays as it is. */
async function insertDeliveries(
  transaction: Database,
  webhook: WebhookRow,
  found: readonly FoundEvent[],
): Promise<void> {
  await transaction
    .insert(webhookDeliveries)
    .values(
      found.map(({ event, migration }) => ({
        id: v7(),
        webhookId: webhook.id,
        eventId: event.id,
        eventType: event.type,
        body: writeWebhookBody({ ...pickMessage(event), actor: toActor(event), migration }),
      })),
    )
    .onConflictDoNothing({ target: [webhookDeliveries.webhookId, webhookDeliveries.eventId] })
}

function pickMessage({ id, type, at, sequence, message, payload }: FoundEvent['event']) {
  return { id, type, at, sequence, message, payload }
}
