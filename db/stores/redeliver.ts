import { and, eq, sql } from 'drizzle-orm'
import { validate } from 'uuid'
import { GodwitError, type CommandContext, type Webhook, type WebhookDelivery } from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import { webhookDeliveries } from '../schema/index.ts'
import { appendAudit } from './append-audit.ts'
import type { WebhookCommandNeeds } from './webhook-commands.ts'
import { lockWebhook, toDelivery, toWebhook } from './webhook-rows.ts'

/** As if it had never been tried. What is known of the last attempt stays to be read. */
const dueNow = { state: 'PENDING', attempts: 0, nextAttemptAt: sql`clock_timestamp()` } as const

/** @throws GodwitError NOT_FOUND */
export async function redeliverOne(
  { database, recall }: WebhookCommandNeeds,
  id: string,
  context: CommandContext,
): Promise<WebhookDelivery> {
  const operation = 'webhook.redeliver'
  return await database.transaction(async (transaction) => {
    const delivery = await findDelivery(transaction, id)
    if ((await recall(transaction, { operation, input: { id: delivery.id }, context }, delivery.id)) !== null)
      return toDelivery(delivery)
    const webhook = await lockWebhook(transaction, delivery.webhookId)
    const [due] = await transaction
      .update(webhookDeliveries)
      .set(dueNow)
      .where(eq(webhookDeliveries.id, delivery.id))
      .returning()
    if (due === undefined) throw noDelivery(id)
    await appendAudit(transaction, {
      actor: context.actor,
      operation,
      subjectId: delivery.webhookId,
      details: { name: webhook.name, deliveryId: delivery.id, eventId: delivery.eventId },
    })
    return toDelivery(due)
  })
}

/** @throws GodwitError NOT_FOUND */
export async function redeliverDead(
  { database, recall }: WebhookCommandNeeds,
  id: string,
  context: CommandContext,
): Promise<Webhook> {
  const operation = 'webhook.redeliverDead'
  return await database.transaction(async (transaction) => {
    const webhook = await lockWebhook(transaction, id)
    const command = { operation, input: { id: webhook.id }, context }
    if ((await recall(transaction, command, webhook.id)) !== null) return toWebhook(webhook)
    const { rowCount } = await transaction
      .update(webhookDeliveries)
      .set(dueNow)
      .where(and(eq(webhookDeliveries.webhookId, webhook.id), eq(webhookDeliveries.state, 'DEAD')))
    await appendAudit(transaction, {
      actor: context.actor,
      operation,
      subjectId: webhook.id,
      details: { name: webhook.name, deliveries: rowCount },
    })
    return toWebhook(webhook)
  })
}

async function findDelivery(transaction: Database, id: string) {
  const [row] = validate(id)
    ? await transaction.select().from(webhookDeliveries).where(eq(webhookDeliveries.id, id))
    : []
  if (row === undefined) throw noDelivery(id)
  return row
}

function noDelivery(id: string): GodwitError {
  return new GodwitError('NOT_FOUND', `There is no webhook delivery ${id}.`)
}
