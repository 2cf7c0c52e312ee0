import { expect, test } from 'vitest'
import {
  makeWebhookSecret,
  type ClaimedDelivery,
  type ControlStores,
  type DeliveryOutcome,
  type NewWebhook,
  type Webhook,
  type WebhookDelivery,
} from '../../engine/index.ts'
import { waitFor } from '../support/servers.ts'
import {
  alice,
  bob,
  createMigration,
  insertEvent,
  openTestStores,
  rejectionOf,
  type TestStores,
} from './fixtures.ts'

const day = 24 * 3_600_000
const all = { eventTypes: null, migrationIds: null, tags: null }
const success: DeliveryOutcome = { statusCode: 204, error: null, retryInMs: null, disableReason: null }
const failure: DeliveryOutcome = { statusCode: 500, error: 'No.', retryInMs: 0, disableReason: null }
const lastFailure: DeliveryOutcome = { ...failure, retryInMs: null }

async function createWebhook(stores: ControlStores, overrides: Partial<NewWebhook> = {}): Promise<Webhook> {
  const input = { name: 'pager', url: 'https://hooks.example/pager?token=hunter2', ...all, ...overrides }
  return (await stores.webhooks.create(input, alice)).webhook
}

async function readDeliveries(stores: ControlStores, { id }: Webhook): Promise<readonly WebhookDelivery[]> {
  const page = await stores.webhooks.deliveries(id, {}, { last: 100 })
  return page.items.map(({ item }) => item).reverse()
}

/** The deliveries, oldest first, once there are so many: transactions of other tests hold up the feed. */
async function fanOut(
  stores: ControlStores,
  webhook: Webhook,
  count: number,
): Promise<readonly WebhookDelivery[]> {
  let found: readonly WebhookDelivery[] = []
  await waitFor(
    async () => {
      while (await stores.webhookQueue.fanOut()) continue
      found = await readDeliveries(stores, webhook)
      return found.length >= count
    },
    { describe: () => `${count} deliveries, and found ${found.length}` },
  )
  return found
}

async function claimOne({ webhookQueue }: ControlStores, claimMs = 60_000): Promise<ClaimedDelivery> {
  const [claimed] = await webhookQueue.claim(10, claimMs)
  if (claimed === undefined) throw new Error('there is nothing to claim')
  return claimed
}

async function reread(stores: ControlStores, { id }: Webhook): Promise<Webhook> {
  const webhook = await stores.webhooks.find(id)
  if (webhook === null) throw new Error('the webhook is gone')
  return webhook
}

async function readEventIds({ database }: TestStores): Promise<readonly string[]> {
  const { rows } = await database.query<{ id: string }>(
    'select id from godwit_control.events order by xid, seq',
  )
  return rows.map(({ id }) => id)
}

test('a webhook gets what happens from its creation on', async () => {
  await using control = await openTestStores()
  const { stores } = control
  await createMigration(stores)
  const [before] = await readEventIds(control)
  await waitFor(async () => (await stores.events.readAll(null, 1)).length === 1)
  const webhook = await createWebhook(stores)
  const { id } = await createMigration(stores)
  const deliveries = await fanOut(stores, webhook, 1)
  expect(deliveries).toMatchObject([{ eventType: 'MIGRATION_CREATED', state: 'PENDING', attempts: 0 }])
  expect(deliveries.map(({ eventId }) => eventId)).not.toContain(before)
  const { body } = await claimOne(stores)
  expect(JSON.parse(body)).toMatchObject({ type: 'MIGRATION_CREATED', sequence: 1, migration: { id } })
})

test('an event that commits late, with a lower number, is not missed', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const slow = await createMigration(stores)
  await waitFor(async () => (await stores.events.readAll(null, 1)).length === 1)
  await using holder = await control.database.connect()
  await holder.query('begin')
  await insertEvent(holder, slow.id, 'lower number')
  const webhook = await createWebhook(stores)
  await createMigration(stores)
  // A reader by number alone would now go past the event that is not committed.
  while (await stores.webhookQueue.fanOut()) continue
  await holder.query('commit')
  const deliveries = await fanOut(stores, webhook, 2)
  expect(deliveries.map(({ eventId }) => eventId)).toEqual((await readEventIds(control)).slice(-2))
})

test('many workers at once make one delivery of each event, in its order', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const webhook = await createWebhook(stores)
  const other = await createWebhook(stores, { name: 'other' })
  const makeEvents = Promise.all(Array.from({ length: 20 }, () => createMigration(stores)))
  await Promise.all([1, 2, 3].map(() => fanOut(stores, webhook, 20)))
  await makeEvents
  await fanOut(stores, other, 20)
  const { rows } = await control.database.query<{ event_id: string }>(
    `select event_id from godwit_control.webhook_deliveries where webhook_id = $1 order by number`,
    [webhook.id],
  )
  expect(rows.map((row) => row.event_id)).toEqual(await readEventIds(control))
  expect(await readDeliveries(stores, other)).toHaveLength(20)
})

test('a worker that dies in the middle of making deliveries loses none and doubles none', async () => {
  await using control = await openTestStores()
  const { stores, database } = control
  const webhook = await createWebhook(stores)
  await createMigration(stores)
  await database.query(`
    create function pg_temp_fail() returns trigger language plpgsql as $$ begin raise 'died'; end $$;
    create trigger fail before update of cursor_seq on godwit_control.webhooks
      for each row execute function pg_temp_fail()`)
  await waitFor(async () => (await stores.webhookQueue.fanOut().catch(() => 'died')) === 'died')
  expect(await readDeliveries(stores, webhook)).toEqual([])
  await database.query('drop trigger fail on godwit_control.webhooks')
  expect(await fanOut(stores, webhook, 1)).toHaveLength(1)
})

test('filters let through the wanted types of events of the wanted migrations', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const [wanted, unwanted] = [await createMigration(stores), await createMigration(stores)]
  const byType = await createWebhook(stores, { name: 'type', eventTypes: ['STATUS_CHANGED'] })
  const byMigration = await createWebhook(stores, { name: 'migration', migrationIds: [wanted.id] })
  for (const { id } of [unwanted, wanted]) {
    await stores.migrations.act({ migrationId: id, action: 'VERIFY' }, alice)
  }
  await createMigration(stores)
  expect((await fanOut(stores, byType, 2)).map(({ eventType }) => eventType)).toEqual([
    'STATUS_CHANGED',
    'STATUS_CHANGED',
  ])
  // It may also have got the creation of the wanted one, which was not long ago.
  const deliveries = await fanOut(stores, byMigration, 1)
  expect(deliveries.at(-1)).toMatchObject({ eventType: 'STATUS_CHANGED' })
  const { rows } = await control.database.query<{ short_id: string }>(
    `select distinct body::json -> 'migration' ->> 'shortId' as short_id
       from godwit_control.webhook_deliveries where webhook_id = $1`,
    [byMigration.id],
  )
  expect(rows).toEqual([{ short_id: wanted.shortId }])
})

test('a filter by tags lets through the events of migrations that have all of them, as they are now', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const webhook = await createWebhook(stores, { tags: ['prod', ' shop '] })
  expect(webhook.tags).toEqual(['prod', 'shop'])
  const whole = await createMigration(stores, { tags: ['shop', 'eu', 'prod'] })
  await createMigration(stores, { tags: ['prod'] })
  await createMigration(stores)
  const last = await createMigration(stores, { tags: ['prod', 'shop'] })
  await fanOut(stores, webhook, 2)
  const { rows } = await control.database.query<{ id: string }>(
    `select body::json -> 'migration' ->> 'id' as id from godwit_control.webhook_deliveries order by number`,
  )
  expect(rows.map(({ id }) => id)).toEqual([whole.id, last.id])
})

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

test('secret and URL are sealed, and open only with the key', async () => {
  await using control = await openTestStores()
  const secret = makeWebhookSecret()
  const { id } = await createWebhook(control.stores, { secret })
  expect(await control.stores.webhooks.target(id)).toMatchObject({
    url: 'https://hooks.example/pager?token=hunter2',
    secrets: [secret],
  })
  const { rows } = await control.database.query<{ row: string }>(
    `select w::text || encode(w.sealed, 'escape') as row from godwit_control.webhooks w
      union all select a::text from godwit_control.audit a`,
  )
  expect(JSON.stringify(rows)).not.toMatch(/hunter2/)
  expect(JSON.stringify(rows)).not.toContain(secret.slice('whsec_'.length))
  await using stranger = await control.open(Buffer.alloc(32))
  await expect(stranger.webhooks.target(id)).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' })
})

test('for a day after a rotation, both secrets sign', async () => {
  await using control = await openTestStores()
  const { stores, database } = control
  const [first, second] = [makeWebhookSecret(), makeWebhookSecret()]
  const { id } = await createWebhook(stores, { secret: first })
  const rotated = await stores.webhooks.rotateSecret(id, second, alice)
  expect(rotated).toMatchObject({ secret: second, webhook: { previousSecretUntil: expect.any(Date) } })
  expect((await stores.webhooks.target(id)).secrets).toEqual([second, first])
  await database.query(
    `update godwit_control.webhooks set previous_secret_until = previous_secret_until - interval '24 hours'`,
  )
  expect((await stores.webhooks.target(id)).secrets).toEqual([second])
})

test('a repeated command has its effect once, and does not tell the secret again', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const context = { ...alice, idempotencyKey: 'create' }
  const input = { name: 'pager', url: 'https://hooks.example/', ...all }
  const { webhook, secret } = await stores.webhooks.create(input, context)
  expect(secret).toMatch(/^whsec_/)
  expect(await stores.webhooks.create(input, context)).toEqual({ webhook, secret: null })
  const rotate = () => stores.webhooks.rotateSecret(webhook.id, undefined, { ...bob, idempotencyKey: 'r' })
  const rotated = await rotate()
  expect(await rotate()).toEqual({ ...rotated, secret: null })
  expect((await stores.webhooks.target(webhook.id)).secrets).toEqual([rotated.secret, secret])
  await stores.webhooks.delete(webhook.id, { ...alice, idempotencyKey: 'delete' })
  await stores.webhooks.delete(webhook.id, { ...alice, idempotencyKey: 'delete' })
  expect(await stores.webhooks.find(webhook.id)).toBeNull()
})

test('a name is taken once, at creation and by a change', async () => {
  await using control = await openTestStores()
  const { stores } = control
  await createWebhook(stores)
  const other = await createWebhook(stores, { name: 'other' })
  await expect(createWebhook(stores)).rejects.toMatchObject({ code: 'NAME_TAKEN' })
  const rename = stores.webhooks.update(other.id, { name: 'pager' }, alice)
  await expect(rename).rejects.toMatchObject({
    code: 'NAME_TAKEN',
    message: expect.stringContaining('pager'),
  })
  expect(
    await stores.webhooks.update(other.id, { name: 'other', url: 'https://b.example/' }, alice),
  ).toMatchObject({ name: 'other', url: 'https://b.example/' })
})

test.each([
  ['name', { name: ' ' }],
  ['url', { url: 'nowhere' }],
  ['secret', { secret: 'whsec_short' }],
  ['eventTypes', { eventTypes: [] }],
  ['migrationIds', { migrationIds: [] }],
  ['tags', { tags: [] }],
  ['tags[0]', { tags: [' '] }],
])('a bad %s is refused', async (field, overrides) => {
  await using control = await openTestStores()
  await expect(createWebhook(control.stores, overrides)).rejects.toMatchObject({ code: 'BAD_INPUT', field })
})

test('what does not exist is named', async () => {
  await using control = await openTestStores()
  const { webhooks } = control.stores
  for (const id of ['01a1fa33-c971-7059-a134-a8304c5d8849', 'nonsense']) {
    const outcomes = await Promise.all(
      [
        webhooks.update(id, { name: 'x' }, alice),
        webhooks.delete(id, alice),
        webhooks.rotateSecret(id, undefined, alice),
        webhooks.redeliver(id, alice),
        webhooks.redeliverDead(id, alice),
        webhooks.target(id),
      ].map(rejectionOf),
    )
    const expected = { code: 'NOT_FOUND', message: expect.stringContaining(id) }
    expect(outcomes).toEqual(outcomes.map(() => expect.objectContaining(expected)))
  }
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
