import { expect, test } from 'vitest'
import { waitFor } from '../support/servers.ts'
import { alice, createMigration, insertEvent, openTestStores, type TestStores } from './fixtures.ts'
import { claimOne, createWebhook, fanOut, readDeliveries } from './webhooks.ts'

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
