import { and, asc, eq, inArray, isNull, lte, or, sql, type SQL } from 'drizzle-orm'
import type { ClaimedDelivery, WebhookQueue } from '../../engine/index.ts'
import type { ControlDatabase, Database } from '../control-database.ts'
import { webhookDeliveries, webhooks } from '../schema/index.ts'
import type { SecretBox } from '../secrets.ts'
import { after } from './lease-store.ts'
import { settleDelivery } from './settle-delivery.ts'
import { fanOutOne } from './webhook-fan-out.ts'
import { isClaimed, noClaim, readTarget, type WebhookRow } from './webhook-rows.ts'

const now = sql`clock_timestamp()`
const isFree = or(isNull(webhooks.claimedUntil), lte(webhooks.claimedUntil, now))

export function createWebhookQueue(database: ControlDatabase, secrets: SecretBox): WebhookQueue {
  return {
    fanOut: () => database.transaction(fanOutOne),
    claim: (limit, claimMs) =>
      database.transaction((transaction) => claimDeliveries(transaction, limit, claimMs)),
    target: (webhookId) => database.run((session) => readTarget(session, webhookId, secrets)),
    settle: (delivery, outcome, giveUpAfterMs) =>
      database.transaction((transaction) =>
        settleDelivery(transaction, delivery, { outcome, giveUpAfterMs }),
      ),
    release: (delivery) =>
      database.run(async (session) => {
        await session.update(webhooks).set(noClaim).where(isClaimed(delivery))
      }),
    prune: () => database.run(prune),
  }
}

async function claimDeliveries(
  transaction: Database,
  limit: number,
  claimMs: number,
): Promise<readonly ClaimedDelivery[]> {
  const claimed: ClaimedDelivery[] = []
  for (const webhook of await claimWebhooks(transaction, limit, claimMs)) {
    // Only now that the webhook is ours: until then, another worker may have sent what was due.
    const delivery = await findDue(transaction, webhook)
    if (delivery !== undefined) claimed.push(delivery)
    else await transaction.update(webhooks).set(noClaim).where(eq(webhooks.id, webhook.id))
  }
  return claimed
}

async function claimWebhooks(
  transaction: Database,
  limit: number,
  claimMs: number,
): Promise<readonly WebhookRow[]> {
  const free = transaction
    .select({ id: webhooks.id })
    .from(webhooks)
    .where(
      and(
        webhooks.enabled,
        isFree,
        sql`exists (select from ${webhookDeliveries} where ${isDueOf(sql`${webhooks.id}`)})`,
      ),
    )
    .orderBy(sql`${webhooks.lastTurnAt} nulls first`)
    .limit(limit)
    .for('no key update', { skipLocked: true })
  return await transaction
    .update(webhooks)
    .set({ claim: sql`gen_random_uuid()`, claimedUntil: after(claimMs), lastTurnAt: now })
    .where(inArray(webhooks.id, free))
    .returning()
}

function isDueOf(webhookId: SQL): SQL {
  const { webhookId: owner, state, nextAttemptAt } = webhookDeliveries
  return sql`${owner} = ${webhookId} and ${state} = 'PENDING' and ${nextAttemptAt} <= ${now}`
}

async function findDue(
  transaction: Database,
  { id, name, claim }: WebhookRow,
): Promise<ClaimedDelivery | undefined> {
  const [row] = await transaction
    .select()
    .from(webhookDeliveries)
    .where(isDueOf(sql`${id}`))
    .orderBy(asc(webhookDeliveries.number))
    .limit(1)
  if (row === undefined || claim === null) return undefined
  return {
    webhookId: id,
    webhookName: name,
    claim,
    deliveryId: row.id,
    eventId: row.eventId,
    body: row.body,
    attempt: row.attempts + 1,
  }
}

/** Dead ones are kept for longer: someone may want to redeliver them. */
async function prune(session: Database): Promise<void> {
  const isOld = sql`state <> 'PENDING' and last_attempt_at < clock_timestamp() - interval '7 days'
    and (state = 'DELIVERED' or last_attempt_at < clock_timestamp() - interval '30 days')`
  await session.execute(sql`
    delete from ${webhookDeliveries} where ctid in (
      select ctid from ${webhookDeliveries} where ${isOld} limit 10000 for update skip locked)`)
}
