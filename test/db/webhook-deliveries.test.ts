import { expect, test } from 'vitest'
import type { ControlStores, DeliveryOutcome, Webhook } from '../../engine/index.ts'
import { waitFor } from '../support/servers.ts'
import { alice, createMigration, openTestStores } from './fixtures.ts'
import { claimOne, createWebhook, fanOut, readDeliveries } from './webhooks.ts'

const day = 24 * 3_600_000

const success: DeliveryOutcome = { statusCode: 204, error: null, retryInMs: null, disableReason: null }
const failure: DeliveryOutcome = { statusCode: 500, error: 'No.', retryInMs: 0, disableReason: null }
const lastFailure: DeliveryOutcome = { ...failure, retryInMs: null }

async function reread(stores: ControlStores, { id }: Webhook): Promise<Webhook> {
  const webhook = await stores.webhooks.find(id)
  if (webhook === null) throw new Error('the webhook is gone')
  return webhook
}

test('of one webhook, one delivery at a time is claimed, the oldest first', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const { webhookQueue } = stores
  const webhook = await createWebhook(stores)
  await createMigration(stores)
  await createMigration(stores)
  const [first, second] = await fanOut(stores, webhook, 2)
  const claims = await Promise.all([1, 2, 3].map(() => webhookQueue.claim(10, 60_000)))
  const [claimed, ...others] = claims.flat()
  expect(others).toEqual([])
  expect(claimed).toMatchObject({ deliveryId: first!.id, attempt: 1 })
  await webhookQueue.settle(claimed!, success, day)
  expect(await claimOne(stores)).toMatchObject({ deliveryId: second!.id })
  expect(await readDeliveries(stores, webhook)).toMatchObject([
    { state: 'DELIVERED', attempts: 1, lastStatusCode: 204, nextAttemptAt: null },
    { state: 'PENDING', attempts: 0 },
  ])
})

test('a claim that ran out goes to another worker, and the outcome of the first counts no more', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const { webhookQueue } = stores
  const webhook = await createWebhook(stores)
  await createMigration(stores)
  await fanOut(stores, webhook, 1)
  const dead = await claimOne(stores, 0)
  const alive = await claimOne(stores)
  expect(alive.deliveryId).toBe(dead.deliveryId)
  await webhookQueue.settle(dead, lastFailure, day)
  await webhookQueue.release(dead)
  expect(await readDeliveries(stores, webhook)).toMatchObject([{ state: 'PENDING', attempts: 0 }])
  expect(await webhookQueue.claim(10, 60_000)).toEqual([])
  await webhookQueue.settle(alive, success, day)
  expect(await readDeliveries(stores, webhook)).toMatchObject([{ state: 'DELIVERED' }])
})

test('a claim that is given back can be taken at once', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const webhook = await createWebhook(stores)
  await createMigration(stores)
  await fanOut(stores, webhook, 1)
  await stores.webhookQueue.release(await claimOne(stores))
  expect(await claimOne(stores)).toMatchObject({ attempt: 1 })
})

test('a failure is noted and waits for its next attempt; a success clears the failures', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const webhook = await createWebhook(stores)
  await createMigration(stores)
  await fanOut(stores, webhook, 1)
  await stores.webhookQueue.settle(await claimOne(stores), failure, day)
  expect(await readDeliveries(stores, webhook)).toMatchObject([
    { state: 'PENDING', attempts: 1, lastStatusCode: 500, lastError: 'No.', nextAttemptAt: expect.any(Date) },
  ])
  await stores.webhookQueue.settle(await claimOne(stores), { ...failure, retryInMs: 60_000 }, day)
  expect(await reread(stores, webhook)).toMatchObject({
    consecutiveFailures: 2,
    failingSince: expect.any(Date),
  })
  expect(await stores.webhookQueue.claim(10, 60_000)).toEqual([])
  const [{ id }] = [(await readDeliveries(stores, webhook))[0]!]
  await stores.webhooks.redeliver(id, alice)
  await stores.webhookQueue.settle(await claimOne(stores), success, day)
  expect(await reread(stores, webhook)).toMatchObject({ consecutiveFailures: 0, failingSince: null })
})

test('a dead delivery is sent again when it is asked for, and so are all dead ones', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const webhook = await createWebhook(stores)
  await createMigration(stores)
  await createMigration(stores)
  const [first] = await fanOut(stores, webhook, 2)
  const { webhookQueue } = stores
  for (const _ of [1, 2]) await webhookQueue.settle(await claimOne(stores), lastFailure, day)
  expect(await webhookQueue.claim(10, 60_000)).toEqual([])
  const dead = await stores.webhooks.deliveries(webhook.id, { states: ['DEAD'] }, {})
  expect(dead.items).toHaveLength(2)
  expect(await stores.webhooks.redeliver(first!.id, alice)).toMatchObject({ state: 'PENDING', attempts: 0 })
  await webhookQueue.settle(await claimOne(stores), lastFailure, day)
  await stores.webhooks.redeliverDead(webhook.id, alice)
  for (const _ of [1, 2]) await webhookQueue.settle(await claimOne(stores), success, day)
  expect((await readDeliveries(stores, webhook)).map(({ state }) => state)).toEqual([
    'DELIVERED',
    'DELIVERED',
  ])
})

test('a webhook that has only failed for long is disabled, with the reason in the audit log', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const webhook = await createWebhook(stores)
  await createMigration(stores)
  await fanOut(stores, webhook, 1)
  expect(await stores.webhookQueue.settle(await claimOne(stores), failure, day)).toBeNull()
  const reason = await stores.webhookQueue.settle(await claimOne(stores), failure, 0)
  expect(reason).toMatch(/^Every attempt has failed since 2/)
  expect(await reread(stores, webhook)).toMatchObject({ enabled: false, disabledReason: reason })
  expect(await stores.webhookQueue.claim(10, 60_000)).toEqual([])
  const { items } = await stores.audit.list({ first: 1 })
  expect(items[0]!.item).toMatchObject({
    operation: 'webhook.disable',
    subjectId: webhook.id,
    actor: { kind: 'system' },
    details: { name: 'pager', reason },
  })
})

test('one that is enabled again goes on with what is pending, and not with what happened meanwhile', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const webhook = await createWebhook(stores)
  await createMigration(stores)
  await fanOut(stores, webhook, 1)
  await stores.webhooks.update(webhook.id, { enabled: false }, alice)
  const missed = await createMigration(stores)
  await waitFor(async () => (await stores.events.readAll(null, 10)).length === 2)
  expect(await stores.webhookQueue.fanOut()).toBe(false)
  await stores.webhooks.update(webhook.id, { enabled: true }, alice)
  await createMigration(stores)
  await fanOut(stores, webhook, 2)
  const { rows } = await control.database.query<{ body: string }>(
    'select body from godwit_control.webhook_deliveries',
  )
  expect(rows).toHaveLength(2)
  expect(JSON.stringify(rows)).not.toContain(missed.id)
})

test('deliveries are forgotten when they are old: delivered ones after a week, dead ones after a month', async () => {
  await using control = await openTestStores()
  const { stores, database } = control
  const webhook = await createWebhook(stores)
  for (const _ of [1, 2, 3]) await createMigration(stores)
  await fanOut(stores, webhook, 3)
  await stores.webhookQueue.settle(await claimOne(stores), success, day)
  await stores.webhookQueue.settle(await claimOne(stores), lastFailure, day)
  const states = async (age: string) => {
    await database.query(
      `update godwit_control.webhook_deliveries set last_attempt_at = clock_timestamp() - $1::interval`,
      [age],
    )
    await stores.webhookQueue.prune()
    return (await readDeliveries(stores, webhook)).map(({ state }) => state)
  }
  expect(await states('6 days')).toEqual(['DELIVERED', 'DEAD', 'PENDING'])
  expect(await states('8 days')).toEqual(['DEAD', 'PENDING'])
  expect(await states('31 days')).toEqual(['PENDING'])
})
