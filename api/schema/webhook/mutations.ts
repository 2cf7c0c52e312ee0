import {
  type ControlStores,
  type EventType,
  parseWebhookUrl,
  type Webhook,
  type WebhookFilter,
  type WebhookWithSecret,
} from '../../../engine/index.ts'
import { commandContext } from '../../auth/index.ts'
import { builder } from '../../builder.ts'
import { answer } from '../errors/index.ts'
import { EventTypeEnum } from '../event/type.ts'
import { encodeId, readId } from '../ids/index.ts'
import { requireMigration } from '../migration/find.ts'
import { WebhookRef } from './type.ts'

const idDescription = 'Global id or UUID.'
const secretDescription =
  'What the receiver verifies signatures with. Shown this once: null when the call repeats an earlier one.'
const givenSecretDescription = '`whsec_` and the base64 of 24 to 64 bytes. Absent: Godwit makes one.'

interface GivenFilter {
  readonly eventTypes?: readonly EventType[] | null | undefined
  readonly migrations?: readonly string[] | null | undefined
  readonly tags?: readonly string[] | null | undefined
}

/** What is absent stays absent. @throws GodwitError NOT_FOUND, BAD_INPUT */
async function readFilter(
  { eventTypes, migrations, tags }: GivenFilter,
  stores: ControlStores,
): Promise<Partial<WebhookFilter>> {
  const found = migrations && (await Promise.all(migrations.map((id) => requireMigration(id, stores))))
  return {
    ...(eventTypes !== undefined && { eventTypes }),
    ...(tags !== undefined && { tags }),
    ...(found !== undefined && { migrationIds: found?.map(({ id }) => id) ?? null }),
  }
}

const CreateWebhookInput = builder.inputType('CreateWebhookInput', {
  fields: (t) => ({
    name: t.string({ required: true }),
    url: t.string({
      required: true,
      description: 'https, to a public address, unless configured otherwise.',
    }),
    eventTypes: t.field({ type: [EventTypeEnum], description: 'Absent: all.' }),
    migrations: t.idList({ description: 'Global ids, UUIDs or short ids. Absent: all.' }),
    tags: t.stringList({ description: 'Of migrations that have all of these tags. Absent: of all.' }),
    secret: t.string({ description: givenSecretDescription }),
    idempotencyKey: t.string(),
  }),
})

const CreateWebhookPayload = builder.objectRef<WebhookWithSecret>('CreateWebhookPayload').implement({
  fields: (t) => ({
    webhook: t.expose('webhook', { type: WebhookRef }),
    secret: t.exposeString('secret', { nullable: true, description: secretDescription }),
  }),
})

builder.mutationField('createWebhook', (t) =>
  t.field({
    type: CreateWebhookPayload,
    errors: {},
    authScopes: { admin: true },
    description: 'Sends the events that happen from now on to a URL, signed as Standard Webhooks are.',
    args: { input: t.arg({ type: CreateWebhookInput, required: true }) },
    resolve: answer(async ({ name, url, secret, idempotencyKey, ...filter }, context) => {
      const { stores, viewer, webhooks } = context
      parseWebhookUrl(url, webhooks)
      const wanted = {
        eventTypes: null,
        migrationIds: null,
        tags: null,
        ...(await readFilter(filter, stores)),
      }
      return stores.webhooks.create(
        { name, url, ...wanted, ...(secret != null && { secret }) },
        commandContext(viewer, idempotencyKey),
      )
    }),
  }),
)

const UpdateWebhookInput = builder.inputType('UpdateWebhookInput', {
  description: 'What is absent stays as it is.',
  fields: (t) => ({
    id: t.id({ required: true, description: idDescription }),
    name: t.string(),
    url: t.string(),
    eventTypes: t.field({ type: [EventTypeEnum], description: 'Null: all.' }),
    migrations: t.idList({ description: 'Null: all.' }),
    tags: t.stringList({ description: 'Null: all.' }),
    enabled: t.boolean({
      description:
        'True goes on with what is pending, and what happens from now on; not with what happened meanwhile.',
    }),
    idempotencyKey: t.string(),
  }),
})

const UpdateWebhookPayload = builder.objectRef<Webhook>('UpdateWebhookPayload').implement({
  fields: (t) => ({ webhook: t.field({ type: WebhookRef, resolve: (webhook) => webhook }) }),
})

builder.mutationField('updateWebhook', (t) =>
  t.field({
    type: UpdateWebhookPayload,
    errors: {},
    authScopes: { admin: true },
    args: { input: t.arg({ type: UpdateWebhookInput, required: true }) },
    resolve: answer(async ({ id, name, url, enabled, idempotencyKey, ...filter }, context) => {
      const { stores, viewer, webhooks } = context
      if (url != null) parseWebhookUrl(url, webhooks)
      const changes = {
        ...(name != null && { name }),
        ...(url != null && { url }),
        ...(enabled != null && { enabled }),
        ...(await readFilter(filter, stores)),
      }
      return stores.webhooks.update(
        readId('Webhook', id, 'id'),
        changes,
        commandContext(viewer, idempotencyKey),
      )
    }),
  }),
)

const DeleteWebhookInput = builder.inputType('DeleteWebhookInput', {
  fields: (t) => ({
    id: t.id({ required: true, description: idDescription }),
    idempotencyKey: t.string(),
  }),
})

const DeleteWebhookPayload = builder.objectRef<{ id: string }>('DeleteWebhookPayload').implement({
  fields: (t) => ({ deletedWebhookId: t.id({ resolve: ({ id }) => encodeId('Webhook', id) }) }),
})

builder.mutationField('deleteWebhook', (t) =>
  t.field({
    type: DeleteWebhookPayload,
    errors: {},
    authScopes: { admin: true },
    description: 'With its deliveries; what is pending is not sent any more.',
    args: { input: t.arg({ type: DeleteWebhookInput, required: true }) },
    resolve: answer(async (input, { stores, viewer }) => {
      const id = readId('Webhook', input.id, 'id')
      await stores.webhooks.delete(id, commandContext(viewer, input.idempotencyKey))
      return { id }
    }),
  }),
)

const RotateWebhookSecretInput = builder.inputType('RotateWebhookSecretInput', {
  fields: (t) => ({
    id: t.id({ required: true, description: idDescription }),
    secret: t.string({ description: givenSecretDescription }),
    idempotencyKey: t.string(),
  }),
})

const RotateWebhookSecretPayload = builder
  .objectRef<WebhookWithSecret>('RotateWebhookSecretPayload')
  .implement({
    fields: (t) => ({
      webhook: t.expose('webhook', { type: WebhookRef }),
      secret: t.exposeString('secret', { nullable: true, description: secretDescription }),
    }),
  })

builder.mutationField('rotateWebhookSecret', (t) =>
  t.field({
    type: RotateWebhookSecretPayload,
    errors: {},
    authScopes: { admin: true },
    description:
      'Deliveries are signed with the new secret at once, and with the old one beside it for 24 hours.',
    args: { input: t.arg({ type: RotateWebhookSecretInput, required: true }) },
    resolve: answer(({ id, secret, idempotencyKey }, { stores, viewer }) =>
      stores.webhooks.rotateSecret(
        readId('Webhook', id, 'id'),
        secret ?? undefined,
        commandContext(viewer, idempotencyKey),
      ),
    ),
  }),
)
