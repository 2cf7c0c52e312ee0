import { pingWebhook, type Webhook, type WebhookDelivery, type WebhookPing } from '../../../engine/index.ts'
import { commandContext } from '../../auth/index.ts'
import { builder } from '../../builder.ts'
import { answer } from '../errors/index.ts'
import { readId } from '../ids/index.ts'
import { WebhookDeliveryRef, WebhookRef } from './type.ts'

const WebhookPingRef = builder.objectRef<WebhookPing>('WebhookPing').implement({
  description: 'How a test of a webhook went.',
  fields: (t) => ({
    delivered: t.exposeBoolean('delivered'),
    statusCode: t.exposeInt('statusCode', { nullable: true }),
    error: t.exposeString('error', { nullable: true, description: 'Null when it was delivered.' }),
    duration: t.field({ type: 'Duration', resolve: ({ durationMs }) => durationMs }),
  }),
})

const TestWebhookInput = builder.inputType('TestWebhookInput', {
  fields: (t) => ({ id: t.id({ required: true, description: 'Global id or UUID.' }) }),
})

const TestWebhookPayload = builder.objectRef<WebhookPing>('TestWebhookPayload').implement({
  fields: (t) => ({ ping: t.field({ type: WebhookPingRef, resolve: (ping) => ping }) }),
})

builder.mutationField('testWebhook', (t) =>
  t.field({
    type: TestWebhookPayload,
    errors: {},
    authScopes: { admin: true },
    description:
      'Sends a message of the type PING at once, also to one that is disabled. Nothing of it is kept.',
    args: { input: t.arg({ type: TestWebhookInput, required: true }) },
    resolve: answer(async ({ id }, { stores, webhooks, clientGone }) =>
      pingWebhook(await stores.webhooks.target(readId('Webhook', id, 'id')), webhooks, clientGone),
    ),
  }),
)

const RedeliverWebhookInput = builder.inputType('RedeliverWebhookInput', {
  fields: (t) => ({
    deliveryId: t.id({ required: true, description: 'Global id or UUID.' }),
    idempotencyKey: t.string(),
  }),
})

const RedeliverWebhookPayload = builder.objectRef<WebhookDelivery>('RedeliverWebhookPayload').implement({
  fields: (t) => ({ delivery: t.field({ type: WebhookDeliveryRef, resolve: (delivery) => delivery }) }),
})

builder.mutationField('redeliverWebhook', (t) =>
  t.field({
    type: RedeliverWebhookPayload,
    errors: {},
    authScopes: { admin: true },
    description: 'Sends a delivery again, whatever became of it; if it fails, with all attempts before it.',
    args: { input: t.arg({ type: RedeliverWebhookInput, required: true }) },
    resolve: answer(({ deliveryId, idempotencyKey }, { stores, viewer }) =>
      stores.webhooks.redeliver(
        readId('WebhookDelivery', deliveryId, 'deliveryId'),
        commandContext(viewer, idempotencyKey),
      ),
    ),
  }),
)

const RedeliverDeadInput = builder.inputType('RedeliverDeadInput', {
  fields: (t) => ({
    webhookId: t.id({ required: true, description: 'Global id or UUID.' }),
    idempotencyKey: t.string(),
  }),
})

const RedeliverDeadPayload = builder.objectRef<Webhook>('RedeliverDeadPayload').implement({
  fields: (t) => ({ webhook: t.field({ type: WebhookRef, resolve: (webhook) => webhook }) }),
})

builder.mutationField('redeliverDead', (t) =>
  t.field({
    type: RedeliverDeadPayload,
    errors: {},
    authScopes: { admin: true },
    description: 'Sends again all deliveries of a webhook that are dead.',
    args: { input: t.arg({ type: RedeliverDeadInput, required: true }) },
    resolve: answer(({ webhookId, idempotencyKey }, { stores, viewer }) =>
      stores.webhooks.redeliverDead(
        readId('Webhook', webhookId, 'webhookId'),
        commandContext(viewer, idempotencyKey),
      ),
    ),
  }),
)
