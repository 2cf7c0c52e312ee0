import { expect, test } from 'vitest'
import type { ControlStores, MigrationEvent } from '../../engine/index.ts'
import { waitFor, type TestDatabase } from '../support/servers.ts'
import {
  alice,
  createMigration,
  insertEvent,
  makeRunning,
  openTestStores,
  waitForBlocked,
} from './fixtures.ts'

/** Follows the feed page by page from `after` to its present end. */
async function follow(stores: ControlStores, after: string | null, pageSize = 2): Promise<MigrationEvent[]> {
  const seen: MigrationEvent[] = []
  for (;;) {
    const page = await stores.events.readAll(seen.at(-1)?.cursor ?? after, pageSize)
    if (page.length === 0) return seen
    seen.push(...page)
  }
}

async function readNumber(database: TestDatabase, message: string): Promise<bigint> {
  const { rows } = await database.query<{ seq: string }>(
    'select seq from godwit_control.events where message = $1',
    [message],
  )
  return BigInt(rows[0]?.seq ?? 0)
}

/**
 * The feed from `after`, once it has so many events. Any transaction on the server holds it up for a moment, those
 * of other tests too.
 */
async function readFeed(
  stores: ControlStores,
  after: string | null,
  count: number,
): Promise<MigrationEvent[]> {
  const seen: MigrationEvent[] = []
  await waitFor(
    async () => {
      seen.push(...(await follow(stores, seen.at(-1)?.cursor ?? after)))
      return seen.length >= count
    },
    { describe: () => `${count} events, and found ${seen.length}` },
  )
  return seen
}

async function countEvents(database: TestDatabase): Promise<number> {
  const { rows } = await database.query<{ events: number }>(
    'select count(*)::int as events from godwit_control.events',
  )
  return rows[0]?.events ?? 0
}

test('the events of a migration are numbered from 1 without holes, and read from any of them on', async () => {
  await using control = await openTestStores()
  const { migration } = await makeRunning(control.stores)
  const { events } = control.stores
  const all = await events.readMigration(migration.id, 0n, 100)
  expect(all.map((event) => event.sequence)).toEqual(all.map((_, index) => BigInt(index + 1)))
  expect(all[0]).toMatchObject({ type: 'MIGRATION_CREATED', actor: alice.actor, at: expect.any(Date) })
  expect(await events.readMigration(migration.shortId, 2n, 2)).toEqual(all.slice(2, 4))
  expect(await events.readMigration(migration.id, BigInt(all.length), 10)).toEqual([])
})

test('the feed has the events of all migrations, once each, whatever the size of the pages', async () => {
  await using control = await openTestStores()
  const first = await makeRunning(control.stores)
  const second = await createMigration(control.stores)
  const feed = await readFeed(control.stores, null, await countEvents(control.database))
  expect(await follow(control.stores, null, 100)).toEqual(feed)
  for (const { id } of [first.migration, second]) {
    const own = feed.filter((event) => event.migrationId === id)
    expect(own).toEqual(await control.stores.events.readMigration(id, 0n, 100))
  }
})

test('a reader of the feed misses nothing when a lower number commits after a higher one', async () => {
  await using control = await openTestStores()
  const { stores, database } = control
  const slow = await createMigration(stores)
  const fast = await createMigration(stores)
  const start = (await readFeed(stores, null, 2)).at(-1)!.cursor
  await using holder = await database.connect()
  await holder.query('begin')
  await insertEvent(holder, slow.id, 'lower number')
  await stores.migrations.act({ migrationId: fast.id, action: 'VERIFY' }, alice)
  // The higher number is committed, the lower one is not: a reader by number alone would go past it here.
  const early = await follow(stores, start)
  await holder.query('commit')
  const late = await readFeed(stores, early.at(-1)?.cursor ?? start, 2 - early.length)
  expect([...early, ...late].map((event) => event.message)).toEqual([
    'lower number',
    'VERIFY: DRAFT to VERIFYING.',
  ])
  const higher = await readNumber(database, 'VERIFY: DRAFT to VERIFYING.')
  expect(await readNumber(database, 'lower number')).toBeLessThan(higher)
})

test('the latest cursor lies before what is not readable yet', async () => {
  await using control = await openTestStores()
  const { stores } = control
  const slow = await createMigration(stores)
  const fast = await createMigration(stores)
  await readFeed(stores, null, 2)
  await using holder = await control.database.connect()
  await holder.query('begin')
  await insertEvent(holder, slow.id, 'lower number')
  await stores.migrations.act({ migrationId: fast.id, action: 'VERIFY' }, alice)
  const cursor = await stores.events.latestCursor()
  expect(await follow(stores, cursor)).toEqual([])
  await holder.query('commit')
  expect(await readFeed(stores, cursor, 2)).toHaveLength(2)
})

test('the latest cursor lies behind everything that is readable', async () => {
  await using control = await openTestStores()
  const { stores, database } = control
  await makeRunning(stores)
  await readFeed(stores, null, await countEvents(database))
  const cursor = await stores.events.latestCursor()
  expect(await follow(stores, cursor)).toEqual([])
  const { id } = await createMigration(stores)
  expect(await readFeed(stores, cursor, 1)).toMatchObject([{ migrationId: id, type: 'MIGRATION_CREATED' }])
})

test('an event that was rolled back leaves no hole in the order of its migration', async () => {
  await using control = await openTestStores()
  const { id } = await createMigration(control.stores)
  await using holder = await control.database.connect()
  await holder.query('begin')
  await insertEvent(holder, id, 'never was')
  const acting = control.stores.migrations.act({ migrationId: id, action: 'VERIFY' }, alice)
  await waitForBlocked(control.database)
  await holder.query('rollback')
  await acting
  const events = await control.stores.events.readMigration(id, 0n, 10)
  expect(events.map((event) => [event.sequence, event.type])).toEqual([
    [1n, 'MIGRATION_CREATED'],
    [2n, 'STATUS_CHANGED'],
  ])
})

test.each(['an action with an idempotency key', 'a write of the worker'])(
  'in the feed, the events of a migration keep their order: %s that had to wait',
  async (name) => {
    await using control = await openTestStores()
    const { migration, lease } = await makeRunning(control.stores)
    await using holder = await control.database.connect()
    await holder.query('begin')
    // Holds the migration without a transaction id of its own, as yet.
    await holder.query('lock table godwit_control.migrations in exclusive mode')
    const waiting =
      name === 'a write of the worker'
        ? control.stores.runs.appendEvent(lease, { type: 'NOTE', message: 'second' })
        : control.stores.migrations.act(
            { migrationId: migration.id, action: 'PAUSE' },
            { ...alice, idempotencyKey: 'key' },
          )
    await waitForBlocked(control.database)
    await insertEvent(holder, migration.id, 'first')
    await holder.query('commit')
    await waiting
    const feed = await readFeed(control.stores, null, await countEvents(control.database))
    const sequences = feed
      .filter((event) => event.migrationId === migration.id)
      .map((event) => event.sequence)
    expect(sequences).toEqual(sequences.toSorted((a, b) => Number(a - b)))
  },
)

test('many writers at once: nobody misses or repeats an event, and each migration is in order', async () => {
  await using control = await openTestStores()
  const { stores, database } = control
  const migrations = await Promise.all(Array.from({ length: 4 }, () => createMigration(stores)))
  const expected = migrations.length * 2 + 10
  const reading = Promise.all([readFeed(stores, null, expected), readFeed(stores, null, expected)])
  const verify = (migrationId: string, idempotencyKey: string) =>
    stores.migrations
      .act({ migrationId, action: 'VERIFY' }, { ...alice, idempotencyKey })
      // Of three, one comes first.
      .catch(() => undefined)
  await Promise.all([
    ...migrations.flatMap(({ id }) => ['a', 'b', 'c'].map((key) => verify(id, id + key))),
    ...Array.from({ length: 10 }, () => createMigration(stores)),
  ])
  const { rows } = await database.query<{ id: string }>(
    'select id from godwit_control.events order by xid, seq',
  )
  expect(rows).toHaveLength(expected)
  for (const seen of await reading) {
    expect(seen.map((event) => event.id)).toEqual(rows.map((row) => row.id))
    for (const { id } of migrations) {
      const sequences = seen.filter((event) => event.migrationId === id).map((event) => event.sequence)
      expect(sequences).toEqual([1n, 2n])
    }
  }
})

test.each([
  '',
  'nonsense',
  Buffer.from('event:1').toString('base64url'),
  Buffer.from('id:5').toString('base64url'),
])('the cursor %j is refused', async (cursor) => {
  await using control = await openTestStores()
  await expect(control.stores.events.readAll(cursor, 10)).rejects.toMatchObject({ code: 'BAD_INPUT' })
})
