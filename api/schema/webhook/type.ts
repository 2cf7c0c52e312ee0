import { deliveryStates, type Webhook, type WebhookDelivery } from '../../../engine/index.ts'
import { builder } from '../../builder.ts'
import { ActorRef } from '../actor/index.ts'
import { EventTypeEnum } from '../event/type.ts'
import { encodeId } from '../ids/index.ts'
import { readPageRequest, toConnection } from '../paging/index.ts'

const DeliveryStateEnum = builder.enumType('WebhookDeliveryState', {
  description: 'PENDING until an attempt succeeds or the last one fails; DEAD then waits for a person.',
  values: deliveryStates,
})

export const WebhookDeliveryRef = builder.objectRef<WebhookDelivery>('WebhookDelivery').implement({
  description: 'One event on its way to one webhook.',
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('WebhookDelivery', id) }),
    eventId: t.id({
      description: 'A UUID: `id` in the body, and the header webhook-id.',
      resolve: ({ eventId }) => eventId,
    }),
    eventType: t.expose('eventType', { type: EventTypeEnum }),
    state: t.expose('state', { type: DeliveryStateEnum }),
    attempts: t.exposeInt('attempts', { description: 'Since it was made, or redelivered.' }),
    nextAttemptAt: t.expose('nextAttemptAt', { type: 'DateTime', nullable: true }),
    lastStatusCode: t.exposeInt('lastStatusCode', {
      nullable: true,
      description: 'Of HTTP; null when nothing was answered.',
    }),
    lastError: t.exposeString('lastError', { nullable: true }),
    firstAttemptAt: t.expose('firstAttemptAt', { type: 'DateTime', nullable: true }),
    lastAttemptAt: t.expose('lastAttemptAt', { type: 'DateTime', nullable: true }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
})

export const WebhookRef = builder.objectRef<Webhook>('Webhook')

WebhookRef.implement({
  description:
    'An HTTP server that gets the events of migrations. Its secret was shown once, and never again.',
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('Webhook', id) }),
    name: t.exposeString('name'),
    url: t.exposeString('url', { description: 'Without the query, which may hold a secret.' }),
    eventTypes: t.expose('eventTypes', {
      type: [EventTypeEnum],
      nullable: true,
      description: 'Which events it gets; null: all.',
    }),
    migrationIds: t.field({
      type: ['ID'],
      nullable: true,
      description: 'Of which migrations; null: of all.',
      resolve: ({ migrationIds }) => migrationIds?.map((id) => encodeId('Migration', id)) ?? null,
    }),
    tags: t.exposeStringList('tags', {
      nullable: true,
      description: 'Of migrations that have all of these tags; null: of all.',
    }),
    enabled: t.exposeBoolean('enabled'),
    disabledReason: t.exposeString('disabledReason', {
      nullable: true,
      description: 'Why Godwit itself disabled it.',
    }),
    consecutiveFailures: t.exposeInt('consecutiveFailures', {
      description: 'Failed attempts since the last success, over all deliveries.',
    }),
    failingSince: t.expose('failingSince', { type: 'DateTime', nullable: true }),
    previousSecretUntil: t.expose('previousSecretUntil', {
      type: 'DateTime',
      nullable: true,
      description: 'Until when deliveries are signed with the previous secret too.',
    }),
    createdBy: t.expose('createdBy', { type: ActorRef }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    deliveries: t.connection(
      {
        type: WebhookDeliveryRef,
        description: 'Newest first. Delivered ones are kept for 7 days, dead ones for 30.',
        args: { states: t.arg({ type: [DeliveryStateEnum], description: 'Absent: all.' }) },
        resolve: async ({ id }, { states, ...page }, { stores }) =>
          toConnection(
            await stores.webhooks.deliveries(
              id,
              { ...(states != null && { states }) },
              readPageRequest(page),
            ),
          ),
      },
      { name: 'WebhookDeliveryConnection' },
      { name: 'WebhookDeliveryEdge' },
    ),
  }),
})
