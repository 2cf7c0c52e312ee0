import { expect, test } from 'vitest'
import type { ControlStores, Webhook } from '../../engine/index.ts'
import { waitFor } from '../support/servers.ts'
import {
  alice,
  createMigration,
  insertEvent,
  makeRunning,
  openTestStores,
  pretendRestored,
  type TestStores,
} from './fixtures.ts'

async function createWebhook(stores: ControlStores, name = 'pager'): Promise<Webhook> {
  const everything = { eventTypes: null, migrationIds: null, tags: null }
  return (await stores.webhooks.create({ name, url: 'https://hooks.example/', ...everything }, alice)).webhook
}

/** The events of which there are deliveries for the webhook, in the order of these. */
async function readDelivered({ database }: TestStores, { id }: Webhook): Promise<readonly string[]> {
  const { rows } = await database.query<{ event_id: string }>(
    'select event_id from godwit_control.webhook_deliveries where webhook_id = $1 order by number',
    [id],
  )
  return rows.map((row) => row.event_id)
}

/** Makes deliveries until there is one for `last`: transactions of other tests hold up the feed. */
async function fanOutUpTo(
  control: TestStores,
  webhook: Webhook,
  last: string,
  stores = control.stores,
): Promise<readonly string[]> {
  let found: readonly string[] = []
  await waitFor(
    async () => {
      while (await stores.webhookQueue.fanOut()) continue
      found = await readDelivered(control, webhook)
      return found.includes(last)
    },
    { describe: () => `a delivery of ${last} among ${found.join()}` },
  )
  return found
}

/** Of the one event of a new migration. */
async function addEvent(stores: ControlStores): Promise<string> {
  const { id } = await createMigration(stores)
  const [event] = await stores.events.readMigration(id, 0n, 1)
  return event!.id
}

async function readState({ database }: TestStores): Promise<unknown> {
  const events = await database.query('select id, xid, seq from godwit_control.events order by seq')
  const webhooks = await database.query('select cursor_xid, cursor_seq from godwit_control.webhooks')
  return { events: events.rows, webhooks: webhooks.rows }
}

test('after a restore, a webhook gets what it had not got, and what comes, once each and in order', async () => {
  await using control = await openTestStores()
  const { stores, database } = control
  const early = await addEvent(stores)
  await waitFor(async () => (await stores.events.readAll(null, 1)).length === 1)
  const webhook = await createWebhook(stores)
  const got = [await addEvent(stores), await addEvent(stores)]
  expect(await fanOutUpTo(control, webhook, got[1]!)).toEqual(got)
  const owed = [await addEvent(stores), await addEvent(stores)]
  await pretendRestored(database)
  await using restored = await control.open()
  const later = [await addEvent(restored), await addEvent(restored)]
  expect(await fanOutUpTo(control, webhook, later[1]!, restored)).toEqual([...got, ...owed, ...later])
  expect(await restored.webhookQueue.fanOut()).toBe(false)
  const fresh = await createWebhook(restored, 'fresh')
  const last = await addEvent(restored)
  expect(await fanOutUpTo(control, fresh, last, restored)).not.toContain(early)
})

test('after a restore, what was delivered out of turn is not delivered again', async () => {
  await using control = await openTestStores()
  const { stores, database } = control
  const [one, other] = [await createMigration(stores), await createMigration(stores)]
  const webhook = await createWebhook(stores)
  await using first = await database.connect()
  await first.query('begin')
  await first.query('select pg_current_xact_id()')
  await using second = await database.connect()
  await second.query('begin')
  await insertEvent(second, one.id, 'number 1 of transaction 2')
  await insertEvent(first, other.id, 'number 2 of transaction 1')
  await first.query('commit')
  const delivered = (await stores.events.readMigration(other.id, 1n, 1))[0]!.id
  await fanOutUpTo(control, webhook, delivered)
  await second.query('commit')
  const owed = (await stores.events.readMigration(one.id, 1n, 1))[0]!.id
  const before = await readDelivered(control, webhook)
  expect(before).not.toContain(owed)
  await pretendRestored(database)
  await using restored = await control.open()
  expect(await fanOutUpTo(control, webhook, owed, restored)).toEqual([...before, owed])
})

test('what a program without this has appended since a restore comes behind what was restored', async () => {
  await using control = await openTestStores()
  const { stores, database } = control
  const webhook = await createWebhook(stores)
  const got = await addEvent(stores)
  await fanOutUpTo(control, webhook, got)
  const owed = await addEvent(stores)
  await pretendRestored(database)
  const since = await addEvent(stores)
  const fresh = await createWebhook(stores, 'fresh')
  const latest = await addEvent(stores)
  await using restored = await control.open()
  const later = await addEvent(restored)
  expect(await fanOutUpTo(control, webhook, later, restored)).toEqual([got, owed, since, latest, later])
  expect(await fanOutUpTo(control, fresh, later, restored)).toEqual([latest, later])
})

test('a webhook whose events were all deleted before the restore gets what comes', async () => {
  await using control = await openTestStores()
  const webhook = await createWebhook(control.stores)
  await pretendRestored(control.database)
  await using restored = await control.open()
  const later = await addEvent(restored)
  expect(await fanOutUpTo(control, webhook, later, restored)).toEqual([later])
})

test('after a restore, the feed is read in its order and goes on', async () => {
  await using control = await openTestStores()
  const { migration } = await makeRunning(control.stores)
  await addEvent(control.stores)
  await pretendRestored(control.database)
  const restoredEvents = await control.stores.events.readMigration(migration.id, 0n, 100)
  await expect(control.stores.events.readAll(restoredEvents[0]!.cursor, 10)).rejects.toMatchObject({
    code: 'CURSOR_EXPIRED',
    remedy: expect.any(String),
  })
  await using restored = await control.open()
  const later = await addEvent(restored)
  await waitFor(async () => (await restored.events.readAll(null, 100)).some(({ id }) => id === later))
  const feed = await restored.events.readAll(null, 100)
  const own = feed.filter(({ migrationId }) => migrationId === migration.id)
  expect(own.map(({ id }) => id)).toEqual(restoredEvents.map(({ id }) => id))
  expect(feed.at(-1)?.id).toBe(later)
  expect(await restored.events.readAll(feed.at(-2)!.cursor, 10)).toEqual([feed.at(-1)])
})

test('a control database of the same cluster is left as it is, also while transactions run', async () => {
  await using control = await openTestStores()
  await createWebhook(control.stores)
  await using holder = await control.database.connect()
  await holder.query('begin')
  await holder.query('select pg_current_xact_id()')
  await addEvent(control.stores)
  await createWebhook(control.stores, 'other')
  const before = await readState(control)
  await using again = await control.open()
  expect(await readState(control)).toEqual(before)
  const latest = await again.events.latestCursor()
  expect(await again.events.readAll(latest, 10)).toEqual([])
})
