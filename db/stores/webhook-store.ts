import { and, eq, inArray } from 'drizzle-orm'
import { validate } from 'uuid'
import type { WebhookStore } from '../../engine/index.ts'
import { webhookDeliveries, webhooks } from '../schema/index.ts'
import { readPage } from './paging.ts'
import { redeliverDead, redeliverOne } from './redeliver.ts'
import {
  createWebhook,
  deleteWebhook,
  rotateWebhookSecret,
  updateWebhook,
  type WebhookCommandNeeds,
} from './webhook-commands.ts'
import { readTarget, toDelivery, toWebhook } from './webhook-rows.ts'

export function createWebhookStore(needs: WebhookCommandNeeds): WebhookStore {
  const { database, secrets } = needs
  return {
    create: (input, context) => createWebhook(needs, input, context),
    update: (id, changes, context) => updateWebhook(needs, { id, changes }, context),
    delete: (id, context) => deleteWebhook(needs, id, context),
    rotateSecret: (id, secret, context) => rotateWebhookSecret(needs, { id, secret }, context),
    redeliver: (deliveryId, context) => redeliverOne(needs, deliveryId, context),
    redeliverDead: (id, context) => redeliverDead(needs, id, context),
    target: (id) => database.run((session) => readTarget(session, id, secrets)),
    find: (id) =>
      database.run(async (session) => {
        if (!validate(id)) return null
        const [row] = await session.select().from(webhooks).where(eq(webhooks.id, id))
        return row === undefined ? null : toWebhook(row)
      }),
    list: (page) =>
      database.run((session) =>
        readPage(page, webhooks.id, {
          select: ({ where, orderBy, limit }) =>
            session.select().from(webhooks).where(where).orderBy(orderBy).limit(limit),
          toItem: toWebhook,
        }),
      ),
    deliveries: (webhookId, { states }, page) =>
      database.run((session) =>
        readPage(page, webhookDeliveries.id, {
          select: ({ where, orderBy, limit }) =>
            session
              .select()
              .from(webhookDeliveries)
              .where(
                and(
                  eq(webhookDeliveries.webhookId, webhookId),
                  states && inArray(webhookDeliveries.state, [...states]),
                  where,
                ),
              )
              .orderBy(orderBy)
              .limit(limit),
          toItem: toDelivery,
        }),
      ),
  }
}
