import { Webhook as Verifier } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { createMigration } from '../db/fixtures.ts'
import { startTestApi, type TestApi } from '../support/api.ts'
import { startTestWorker } from '../support/control.ts'
import { waitFor } from '../support/wait-for.ts'
import { startReceiver } from '../support/webhook-receiver.ts'

const webhooks = { allowPrivateAddresses: true, retryDelaysMs: [] }
const url = 'https://hooks.example/pager?token=hunter2'

interface Created {
  readonly secret: string | null
  readonly webhook: { readonly id: string }
}

async function createWebhook(api: TestApi, input: object = {}) {
  return await api.mutate<Created>(
    'createWebhook',
    { name: 'pager', url, ...input },
    'secret webhook { id url eventTypes migrationIds tags enabled createdBy { name } }',
  )
}

test('a webhook is created, read, changed and deleted; its secret and query are never shown again', async () => {
  await using api = await startTestApi()
  const migration = await createMigration(api.stores)
  const created = await createWebhook(api, {
    eventTypes: ['STATUS_CHANGED'],
    migrations: [migration.shortId],
    tags: ['prod'],
  })
  expect(created).toMatchObject({
    secret: expect.stringMatching(/^whsec_/),
    webhook: {
      url: 'https://hooks.example/pager',
      eventTypes: ['STATUS_CHANGED'],
      migrationIds: [Buffer.from(`Migration:${migration.id}`).toString('base64url')],
      tags: ['prod'],
      enabled: true,
      createdBy: { name: 'first admin' },
    },
  })
  const { id } = created.webhook
  const read = async () =>
    await api.query(
      `query ($id: ID!) {
        webhook(id: $id) { name url eventTypes migrationIds tags enabled disabledReason consecutiveFailures failingSince }
        webhooks { nodes { id } }
        auditLog(first: 1) { nodes { operation } }
      }`,
      { id },
    )
  expect((await read()).data).toMatchObject({
    webhook: { name: 'pager' },
    webhooks: { nodes: [{ id }] },
    auditLog: { nodes: [{ operation: 'webhook.create' }] },
  })
  const changes = { id, name: 'ops', eventTypes: null, tags: ['eu'], enabled: false }
  await api.mutate('updateWebhook', changes, 'webhook { id }')
  const after = await read()
  expect(after.data).toMatchObject({
    webhook: {
      name: 'ops',
      eventTypes: null,
      migrationIds: [expect.any(String)],
      tags: ['eu'],
      enabled: false,
    },
    auditLog: { nodes: [{ operation: 'webhook.update' }] },
  })
  expect(JSON.stringify(after)).not.toContain('hunter2')
  expect(api.logged()).not.toContain('hunter2')
  expect(api.logged()).not.toContain(created.secret)
  expect(await api.mutate('deleteWebhook', { id }, 'deletedWebhookId')).toMatchObject({
    deletedWebhookId: id,
  })
  expect((await read()).data).toMatchObject({ webhook: null, webhooks: { nodes: [] } })
})

test.each([
  ['http://hooks.example/', 'https'],
  ['https://127.0.0.1/', '127.0.0.1'],
  ['https://[fd00:ec2::254]/', 'fd00:ec2::254'],
  ['https://me:hunter2@hooks.example/', 'user or password'],
])('the URL %s is refused, at creation and by a change', async (wrong, reason) => {
  await using api = await startTestApi()
  const { webhook } = await createWebhook(api)
  const refused = {
    __typename: 'ValidationError',
    field: 'url',
    message: expect.stringContaining(reason),
    remedy: expect.any(String),
  }
  expect(await createWebhook(api, { name: 'other', url: wrong })).toMatchObject(refused)
  const changed = await api.mutate('updateWebhook', { id: webhook.id, url: wrong }, 'webhook { id }')
  expect(changed).toMatchObject(refused)
  expect(JSON.stringify([changed, api.logged()])).not.toContain('hunter2')
})

test('a name that is taken and a migration that is not there are typed errors', async () => {
  await using api = await startTestApi()
  await createWebhook(api)
  expect(await createWebhook(api)).toMatchObject({ __typename: 'ConflictError', code: 'NAME_TAKEN' })
  expect(await createWebhook(api, { name: 'other', migrations: ['m-none'] })).toMatchObject({
    __typename: 'NotFoundError',
    message: expect.stringContaining('m-none'),
  })
})

test('a test reaches the receiver at once, signed, and tells how it went', async () => {
  await using api = await startTestApi({ api: { webhooks } })
  let status = 204
  await using receiver = await startReceiver((response) => response.writeHead(status).end('busy'))
  const { secret, webhook } = await createWebhook(api, { url: receiver.url })
  const ping = () =>
    api.mutate('testWebhook', { id: webhook.id }, 'ping { delivered statusCode error duration }')
  expect(await ping()).toMatchObject({ ping: { delivered: true, statusCode: 204, error: null } })
  const [{ body, headers }] = [receiver.received[0]!]
  expect(new Verifier(secret!).verify(body, headers)).toMatchObject({ type: 'PING', migration: null })
  status = 503
  expect(await ping()).toMatchObject({
    ping: { delivered: false, statusCode: 503, error: 'The receiver answered 503: busy' },
  })
})

test('deliveries are listed by state, and redelivered one by one or all', async () => {
  await using api = await startTestApi({ api: { webhooks } })
  let status = 500
  await using receiver = await startReceiver((response) => response.writeHead(status).end())
  const { webhook } = await createWebhook(api, { url: receiver.url })
  await using _worker = startTestWorker(api.stores, { webhooks })
  for (const _ of [1, 2, 3]) await createMigration(api.stores)
  const list = async (states?: readonly string[]) => {
    const { data } = await api.query<{
      webhook: { deliveries: { nodes: readonly { id: string; state: string }[] } }
    }>(
      `query ($id: ID!, $states: [WebhookDeliveryState!]) {
        webhook(id: $id) { deliveries(first: 10, states: $states) {
          nodes { id eventId eventType state attempts lastStatusCode lastError lastAttemptAt nextAttemptAt }
        } }
      }`,
      { id: webhook.id, states },
    )
    return data!.webhook.deliveries.nodes
  }
  const dead = await waitFor(async () => {
    const found = await list(['DEAD'])
    return found.length === 3 && found
  })
  expect(dead[0]).toMatchObject({
    eventId: receiver.ids().at(-1),
    eventType: 'MIGRATION_CREATED',
    attempts: 1,
    lastStatusCode: 500,
    lastError: 'The receiver answered 500.',
    nextAttemptAt: null,
  })
  status = 200
  const redelivered = await api.mutate(
    'redeliverWebhook',
    { deliveryId: dead[0]!.id },
    'delivery { state attempts }',
  )
  expect(redelivered).toMatchObject({ delivery: { state: 'PENDING', attempts: 0 } })
  await waitFor(async () => (await list(['DELIVERED'])).length === 1)
  await api.mutate('redeliverDead', { webhookId: webhook.id }, 'webhook { id }')
  await waitFor(async () => (await list(['DELIVERED'])).length === 3)
  expect(await list()).toHaveLength(3)
})

test('a rotation shows the new secret once, and until when the old one signs too', async () => {
  await using api = await startTestApi({ api: { webhooks } })
  await using receiver = await startReceiver()
  const { secret: old, webhook } = await createWebhook(api, { url: receiver.url })
  const input = { id: webhook.id, idempotencyKey: 'rotate' }
  const rotate = () =>
    api.mutate<Created>('rotateWebhookSecret', input, 'secret webhook { previousSecretUntil }')
  const { secret } = await rotate()
  expect(await rotate()).toMatchObject({ secret: null, webhook: { previousSecretUntil: expect.any(String) } })
  await api.mutate('testWebhook', { id: webhook.id }, 'ping { delivered }')
  const [{ body, headers }] = [receiver.received[0]!]
  for (const each of [old!, secret!]) new Verifier(each).verify(body, headers)
})
