import { randomBytes } from 'node:crypto'
import { pino } from 'pino'
import { Webhook as Verifier } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { openControlStores } from '../../../db/index.ts'
import {
  makeWebhookSecret,
  type ControlStores,
  type DeliveryState,
  type NewWebhook,
  type WebhookDelivery,
} from '../../../engine/index.ts'
import { alice, createMigration } from '../../db/fixtures.ts'
import { openTestControl, startTestWorker } from '../../support/control.ts'
import { waitFor } from '../../support/wait-for.ts'
import { startReceiver } from '../../support/webhook-receiver.ts'
import { startWorkerProcess } from '../../support/worker-process.ts'

const hour = 3_600_000
const settings = { allowPrivateAddresses: true, retryDelaysMs: [10, 10] }

const startWorker = (stores: ControlStores, overrides: object = {}) =>
  startTestWorker(stores, { webhooks: { ...settings, ...overrides } })

async function createWebhook(
  stores: ControlStores,
  url: string,
  overrides: Partial<NewWebhook> = {},
): Promise<{ readonly id: string; readonly secret: string }> {
  const name = `hook-${randomBytes(4).toString('hex')}`
  const secret = makeWebhookSecret()
  const input = { name, url, secret, eventTypes: null, migrationIds: null, tags: null, ...overrides }
  return { id: (await stores.webhooks.create(input, alice)).webhook.id, secret }
}

/** The newest delivery, once it is in that state. */
async function waitForState(
  stores: ControlStores,
  webhookId: string,
  state: DeliveryState,
): Promise<WebhookDelivery> {
  let found: WebhookDelivery | undefined
  return await waitFor(
    async () => {
      found = (await stores.webhooks.deliveries(webhookId, {}, { first: 1 })).items[0]?.item
      return found?.state === state ? found : undefined
    },
    { describe: () => `${state}, and found ${JSON.stringify(found)}` },
  )
}

test('an event arrives signed, with what happened to which migration', async () => {
  await using control = await openTestControl()
  const { stores } = control
  await using receiver = await startReceiver()
  const { id, secret } = await createWebhook(stores, `${receiver.url}/hook?token=1`)
  await using _worker = startWorker(stores)
  const migration = await createMigration(stores, { name: 'shop' })
  const [webhook] = await receiver.waitFor(1)
  const [event] = await stores.events.readMigration(migration.id, 0n, 10)
  expect(webhook!.path).toBe('/hook?token=1')
  expect(webhook!.headers['webhook-id']).toBe(event!.id)
  expect(new Verifier(secret).verify(webhook!.body, webhook!.headers)).toEqual({
    id: event!.id,
    type: 'MIGRATION_CREATED',
    at: event!.at.toISOString(),
    sequence: 1,
    migration: { id: migration.id, shortId: migration.shortId, name: 'shop', status: 'DRAFT' },
    message: event!.message,
    payload: event!.payload,
    actor: { kind: 'token', name: 'alice', onBehalfOf: null },
  })
  await waitForState(stores, id, 'DELIVERED')
})

test('a delivery is repeated until it succeeds, with the same id and body', async () => {
  await using control = await openTestControl()
  const { stores } = control
  await using receiver = await startReceiver((response, index) =>
    response.writeHead(index < 2 ? 503 : 200).end('busy'),
  )
  const { id, secret } = await createWebhook(stores, receiver.url)
  await using _worker = startWorker(stores)
  await createMigration(stores)
  const received = await receiver.waitFor(3)
  expect(new Set(received.map(({ body, headers }) => body + headers['webhook-id'])).size).toBe(1)
  for (const { body, headers } of received) new Verifier(secret).verify(body, headers)
  expect(await waitForState(stores, id, 'DELIVERED')).toMatchObject({ attempts: 3, lastStatusCode: 200 })
  expect(await stores.webhooks.find(id)).toMatchObject({ consecutiveFailures: 0 })
})

test('after the last attempt a delivery is dead, and is sent again when it is asked for', async () => {
  await using control = await openTestControl()
  const { stores } = control
  let isMended = false
  await using receiver = await startReceiver((response) =>
    response.writeHead(isMended ? 200 : 500).end('out of order'),
  )
  const { id } = await createWebhook(stores, receiver.url)
  await using _worker = startWorker(stores)
  await createMigration(stores)
  const dead = await waitForState(stores, id, 'DEAD')
  expect(dead).toMatchObject({
    attempts: 3,
    lastStatusCode: 500,
    lastError: 'The receiver answered 500: out of order',
    nextAttemptAt: null,
  })
  isMended = true
  await stores.webhooks.redeliver(dead.id, alice)
  expect(await waitForState(stores, id, 'DELIVERED')).toMatchObject({ id: dead.id, attempts: 1 })
  expect(receiver.ids()).toEqual(Array.from({ length: 4 }, () => dead.eventId))
})

test('two workers deliver each event once, in order', async () => {
  await using control = await openTestControl()
  const { stores } = control
  await using receiver = await startReceiver()
  await createWebhook(stores, `${receiver.url}/a`)
  await createWebhook(stores, `${receiver.url}/b`)
  await using _first = startWorker(stores)
  await using second = await openControlStores({
    databaseUrl: control.databaseUrl,
    secretKey: control.secretKey,
    log: pino({ level: 'silent' }),
  })
  await using _second = startWorker(second)
  await Promise.all(Array.from({ length: 25 }, () => createMigration(stores)))
  await receiver.waitFor(50)
  // What came twice would have come by now: everything that is due is sent before the next event.
  await createMigration(stores)
  await receiver.waitFor(52)
  const events = await waitFor(async () => {
    const found = await stores.events.readAll(null, 100)
    return found.length === 26 && found
  })
  for (const path of ['/a', '/b']) expect(receiver.ids(path)).toEqual(events.map((event) => event.id))
})

test('a receiver that hangs does not hold up another', async () => {
  await using control = await openTestControl()
  const { stores } = control
  await using slow = await startReceiver(() => undefined)
  await using fast = await startReceiver()
  await createWebhook(stores, slow.url)
  await createWebhook(stores, fast.url)
  await using _worker = startWorker(stores, { timeoutMs: hour, claimMs: 2 * hour })
  await createMigration(stores)
  await slow.waitFor(1)
  await createMigration(stores)
  await fast.waitFor(2)
  expect(slow.received).toHaveLength(1)
})

test('what a killed worker was sending is sent again by another when its claim has run out', async () => {
  await using control = await openTestControl()
  const { stores } = control
  let isMended = false
  await using receiver = await startReceiver((response) => {
    if (isMended) response.writeHead(200).end()
  })
  const { id, secret } = await createWebhook(stores, receiver.url)
  await using victim = startWorkerProcess(control, {
    leaseTtlMs: 30_000,
    logLevel: 'silent',
    webhooks: { ...settings, timeoutMs: hour, claimMs: 3_000 },
  })
  await createMigration(stores)
  await receiver.waitFor(1)
  await victim.kill()
  isMended = true
  await using _heir = startWorker(stores)
  const received = await receiver.waitFor(2)
  expect(received[1]!.body).toBe(received[0]!.body)
  new Verifier(secret).verify(received[1]!.body, received[1]!.headers)
  expect(await waitForState(stores, id, 'DELIVERED')).toMatchObject({ attempts: 1 })
})

test('a worker that is stopped hands over what it was sending at once', async () => {
  await using control = await openTestControl()
  const { stores } = control
  let isMended = false
  await using receiver = await startReceiver((response) => {
    if (isMended) response.writeHead(200).end()
  })
  const { id } = await createWebhook(stores, receiver.url)
  const patient = { timeoutMs: hour, claimMs: 2 * hour }
  {
    await using _worker = startWorker(stores, patient)
    await createMigration(stores)
    await receiver.waitFor(1)
  }
  isMended = true
  await using _heir = startWorker(stores, patient)
  expect(await waitForState(stores, id, 'DELIVERED')).toMatchObject({ attempts: 1 })
})

test('410 disables the webhook', async () => {
  await using control = await openTestControl()
  const { stores } = control
  await using receiver = await startReceiver((response) => response.writeHead(410).end())
  const { id } = await createWebhook(stores, receiver.url)
  await using _worker = startWorker(stores)
  await createMigration(stores)
  await waitForState(stores, id, 'DEAD')
  expect(await stores.webhooks.find(id)).toMatchObject({
    enabled: false,
    disabledReason: expect.stringContaining('410'),
  })
})

test('a host name that stands for a private address gets nothing unless that is allowed', async () => {
  await using control = await openTestControl()
  const { stores } = control
  await using receiver = await startReceiver()
  const url = receiver.url.replace('http://127.0.0.1', 'https://localhost')
  const { id } = await createWebhook(stores, url)
  await using _worker = startWorker(stores, { allowPrivateAddresses: false })
  await createMigration(stores)
  expect(await waitForState(stores, id, 'DEAD')).toMatchObject({
    lastStatusCode: null,
    lastError: expect.stringMatching(/localhost stands for .+, which is not public/),
  })
  expect(receiver.received).toEqual([])
})

test('a webhook whose secret cannot be read fails by itself, and holds up no other', async () => {
  await using control = await openTestControl()
  const { stores } = control
  await using receiver = await startReceiver()
  await using stranger = await openControlStores({
    databaseUrl: control.databaseUrl,
    secretKey: randomBytes(32),
    log: pino({ level: 'silent' }),
  })
  const unreadable = await createWebhook(stranger, receiver.url)
  const sound = await createWebhook(stores, receiver.url)
  await using _worker = startWorker(stores)
  await createMigration(stores)
  await waitForState(stores, sound.id, 'DELIVERED')
  expect(await waitForState(stores, unreadable.id, 'DEAD')).toMatchObject({
    lastError: expect.stringContaining('another key'),
  })
})

test('the log names the webhook, and neither its URL nor its secret', async () => {
  await using control = await openTestControl()
  const lines: string[] = []
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
  await using stores = await openControlStores({
    databaseUrl: control.databaseUrl,
    secretKey: control.secretKey,
    log,
  })
  await using receiver = await startReceiver((response) => response.writeHead(500).end())
  const { id, secret } = await createWebhook(stores, `${receiver.url}/?token=hunter2`, { name: 'pager' })
  await using _worker = startTestWorker(stores, { webhooks: settings }, log)
  await createMigration(stores)
  await waitForState(stores, id, 'DEAD')
  await waitFor(() => lines.filter((line) => line.includes('a webhook failed')).length >= 3)
  expect(lines.join('')).toContain('pager')
  expect(lines.join('')).not.toContain('hunter2')
  expect(lines.join('')).not.toContain(secret)
})
