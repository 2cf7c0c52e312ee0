import { eq, sql } from 'drizzle-orm'
import type { ClaimedDelivery, DeliveryOutcome } from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import { webhookDeliveries, webhooks } from '../schema/index.ts'
import { systemActor } from './actor.ts'
import { appendAudit } from './append-audit.ts'
import { after } from './lease-store.ts'
import { isClaimed, noClaim } from './webhook-rows.ts'

const now = sql`clock_timestamp()`

/**
 * Notes how an attempt went, and gives back the claim. When the claim has run out, another worker may be sending the
 * delivery again, and what it notes is what counts.
 * @returns why the webhook was disabled, or null
 */
export async function settleDelivery(
  transaction: Database,
  delivery: ClaimedDelivery,
  { outcome, giveUpAfterMs }: { readonly outcome: DeliveryOutcome; readonly giveUpAfterMs: number },
): Promise<string | null> {
  const failed = outcome.error !== null
  const [webhook] = await transaction
    .update(webhooks)
    .set({
      ...noClaim,
      consecutiveFailures: failed ? sql`${webhooks.consecutiveFailures} + 1` : 0,
      failingSince: failed ? sql`coalesce(${webhooks.failingSince}, ${now})` : null,
    })
    .where(isClaimed(delivery))
    .returning({
      name: webhooks.name,
      enabled: webhooks.enabled,
      failingSince: webhooks.failingSince,
      isHopeless: sql<boolean>`coalesce(${webhooks.failingSince} <= ${after(-giveUpAfterMs)}, false)`,
    })
  if (webhook === undefined) return null
  await noteAttempt(transaction, delivery, outcome)
  const reason = outcome.disableReason ?? (webhook.isHopeless ? describeHopeless(webhook.failingSince) : null)
  if (reason === null || !webhook.enabled) return null
  await transaction
    .update(webhooks)
    .set({ enabled: false, disabledReason: reason })
    .where(eq(webhooks.id, delivery.webhookId))
  await appendAudit(transaction, {
    actor: systemActor,
    operation: 'webhook.disable',
    subjectId: delivery.webhookId,
    details: { name: webhook.name, reason },
  })
  return reason
}

async function noteAttempt(
  transaction: Database,
  { deliveryId, attempt }: ClaimedDelivery,
  { statusCode, error, retryInMs }: DeliveryOutcome,
): Promise<void> {
  const failed = error !== null
  const isOver = retryInMs === null
  await transaction
    .update(webhookDeliveries)
    .set({
      state: !failed ? 'DELIVERED' : isOver ? 'DEAD' : 'PENDING',
      attempts: attempt,
      nextAttemptAt: failed && !isOver ? after(retryInMs) : null,
      lastStatusCode: statusCode,
      lastError: error,
      firstAttemptAt: sql`coalesce(${webhookDeliveries.firstAttemptAt}, ${now})`,
      lastAttemptAt: now,
    })
    .where(eq(webhookDeliveries.id, deliveryId))
}

function describeHopeless(since: Date | null): string {
  return `Every attempt has failed since ${since?.toISOString() ?? 'the first'}.`
}
