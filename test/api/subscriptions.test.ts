import { randomBytes } from 'node:crypto'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { cursorOfEvent, encodeEventCursor } from '../../api/subscriptions/index.ts'
import { openControlStores } from '../../db/index.ts'
import type { ControlStores, Lease } from '../../engine/index.ts'
import { parseLsn } from '../../engine/index.ts'
import { createMigration, makeRunning, noRisk, pretendRestored } from '../db/fixtures.ts'
import { startTestApi, type TestApi } from '../support/api.ts'
import { waitFor } from '../support/servers.ts'
import { openWebSocket, subscribeBySse, subscribeByWebSocket, type Subscription } from './clients.ts'

interface Item {
  readonly __typename: string
  readonly cursor: string
  readonly sequence?: string
  readonly message?: string
}

interface Feed {
  readonly feed: Item
}

const itemFields = '{ __typename cursor ... on Event { sequence type message } }'
const migrationFeed = `subscription ($id: ID!, $after: EventCursor) {
  feed: migrationEvents(id: $id, after: $after) ${itemFields}
}`
const globalFeed = `subscription ($after: EventCursor, $filter: EventFilter) {
  feed: events(after: $after, filter: $filter) ${itemFields}
}`

type Subscribe = <Data>(
  api: TestApi,
  query: string,
  variables?: Record<string, unknown>,
) => Promise<Subscription<Data>>

const transports: readonly (readonly [string, Subscribe])[] = [
  ['WebSocket', async (api, query, variables) => subscribeByWebSocket(openWebSocket(api), query, variables)],
  ['server-sent events', (api, query, variables) => subscribeBySse(api, query, variables)],
]

async function take(subscription: Subscription<Feed>, count: number): Promise<Item[]> {
  const items: Item[] = []
  while (items.length < count) {
    const { data, errors } = await subscription.next()
    if (!data) throw new Error(JSON.stringify(errors))
    items.push(data.feed)
  }
  return items
}

/** Takes items up to the first that is wanted, which is the last of the answer. */
async function takeUntil(
  subscription: Subscription<Feed>,
  isWanted: (item: Item) => boolean,
): Promise<Item[]> {
  const items: Item[] = []
  for (;;) {
    for (const item of await take(subscription, 1)) {
      items.push(item)
      if (isWanted(item)) return items
    }
  }
}

const isLater = ({ message }: Item) => message === 'later'

async function addNotes(stores: ControlStores, lease: Lease, ...messages: string[]): Promise<void> {
  for (const message of messages) await stores.runs.appendEvent(lease, { type: 'NOTE', message })
}

test.each(transports)(
  '%s: the events of a migration come from the first on, in order, and then live',
  async (_name, subscribe) => {
    await using api = await startTestApi()
    const { migration, lease } = await makeRunning(api.stores)
    const before = await api.stores.events.readMigration(migration.id, 0n, 100)
    await using feed = await subscribe<Feed>(api, migrationFeed, { id: migration.shortId })
    const old = await take(feed, before.length)
    expect(old.map(({ sequence }) => sequence)).toEqual(before.map(({ sequence }) => String(sequence)))
    await addNotes(api.stores, lease, 'one', 'two', 'three')
    const live = await take(feed, 3)
    expect(live.map(({ message }) => message)).toEqual(['one', 'two', 'three'])
  },
)

test.each(transports)('%s: a feed resumes behind its cursor, without a gap', async (_name, subscribe) => {
  await using api = await startTestApi()
  const { migration, lease } = await makeRunning(api.stores)
  await addNotes(api.stores, lease, 'one', 'two')
  let after: string
  {
    await using feed = await subscribe<Feed>(api, migrationFeed, { id: migration.id })
    after = (await take(feed, 2)).at(-1)!.cursor
  }
  await addNotes(api.stores, lease, 'three')
  const rest = await api.stores.events.readMigration(migration.id, 2n, 100)
  const expected = rest.map(({ message }) => message)
  await using own = await subscribe<Feed>(api, migrationFeed, { id: migration.id, after })
  expect((await take(own, rest.length)).map(({ message }) => message)).toEqual(expected)
  await using all = await subscribe<Feed>(api, globalFeed, { after })
  const seen = await takeUntil(all, ({ message }) => message === 'three')
  // While others write, what lies before the cursor may come again: at least once.
  expect(seen.slice(-rest.length).map(({ message }) => message)).toEqual(expected)
})

test('the feed of all resumes behind an event while an older transaction runs, and misses nothing of that', async () => {
  await using api = await startTestApi()
  const { migration: other, lease } = await makeRunning(api.stores)
  await using older = await api.database.connect()
  await older.query('begin; select pg_current_xact_id()')
  const { migration } = await makeRunning(api.stores)
  await using own = await subscribeBySse<Feed>(api, migrationFeed, { id: migration.id })
  const after = (await take(own, 1)).at(-1)!.cursor
  await using all = await subscribeBySse<Feed>(api, globalFeed, { after })
  await older.query(
    `insert into godwit_control.events (id, migration_id, sequence, type, message, payload, actor_kind, actor_id, actor_name)
     select gen_random_uuid(), $1, 1000000, type, 'of the older one', payload, actor_kind, actor_id, actor_name
       from godwit_control.events where migration_id = $1 limit 1`,
    [other.id],
  )
  await older.query('commit')
  await addNotes(api.stores, lease, 'later')
  const seen = await takeUntil(all, isLater)
  expect(seen.map(({ __typename }) => __typename)).not.toContain('CursorExpired')
  expect(seen.map(({ message }) => message)).toContain('of the older one')
})

test.each(transports)(
  '%s: the feed of all migrations begins now, or at the start when asked',
  async (_name, subscribe) => {
    await using api = await startTestApi()
    await createMigration(api.stores)
    await using fromNow = await subscribe<Feed>(api, globalFeed)
    await using fromStart = await subscribe<Feed>(api, globalFeed, { after: '0' })
    const [first] = await take(fromStart, 1)
    expect(first).toMatchObject({ __typename: 'Event', sequence: '1' })
    const { migration, lease } = await makeRunning(api.stores)
    await addNotes(api.stores, lease, 'later')
    const mine = await api.stores.events.readMigration(migration.id, 0n, 100)
    // What happened a moment before may come too: at least once.
    const seen = (await takeUntil(fromNow, isLater)).slice(-mine.length)
    expect(seen.map(({ message }) => message)).toEqual(mine.map(({ message }) => message))
  },
)

test('the cursor of now, read before the state, misses nothing', async () => {
  await using api = await startTestApi()
  await createMigration(api.stores)
  const { data } = await api.query<{ latestEventCursor: string }>('{ latestEventCursor }')
  const { migration } = await makeRunning(api.stores)
  await using feed = await subscribeBySse<Feed>(api, globalFeed, { after: data!.latestEventCursor })
  const [created] = await api.stores.events.readMigration(migration.id, 0n, 1)
  expect((await takeUntil(feed, ({ message }) => message === created?.message)).length).toBeGreaterThan(0)
})

test('the feed of all migrations is filtered by migration and by type', async () => {
  await using api = await startTestApi()
  const [one, other] = [await makeRunning(api.stores), await makeRunning(api.stores)]
  await using feed = await subscribeBySse<Feed>(api, globalFeed, {
    filter: { migrationIds: [one.migration.shortId], types: ['NOTE'] },
  })
  await addNotes(api.stores, other.lease, 'of the other')
  await api.stores.runs.saveStep(one.lease, { step: 'PREPARE', status: 'RUNNING' })
  await addNotes(api.stores, one.lease, 'of the one')
  expect((await take(feed, 1))[0]?.message).toBe('of the one')
})

test.each([migrationFeed, globalFeed])(
  'a cursor that is not known gives a fresh one and goes on: %s',
  async (query) => {
    await using api = await startTestApi()
    const { migration, lease } = await makeRunning(api.stores)
    await using feed = await subscribeBySse<Feed>(api, query, { id: migration.id, after: 'nonsense' })
    const [expired] = await take(feed, 1)
    expect(expired).toEqual({ __typename: 'CursorExpired', cursor: expect.any(String) })
    await addNotes(api.stores, lease, 'later')
    await using resumed = await subscribeBySse<Feed>(api, query, { id: migration.id, after: expired!.cursor })
    for (const subscription of [feed, resumed]) {
      expect((await takeUntil(subscription, isLater)).length).toBeGreaterThan(0)
    }
  },
)

test.each([
  ['of an event', null],
  ['that names no event', Buffer.from('event:1000000000001:0').toString('base64url')],
])('after a restore, a cursor %s of the old cluster gives a fresh one and goes on', async (_name, global) => {
  await using api = await startTestApi()
  const { migration, lease } = await makeRunning(api.stores)
  await pretendRestored(api.database)
  const [event] = await api.stores.events.readMigration(migration.id, 0n, 1)
  const after =
    global === null ? cursorOfEvent(event!) : encodeEventCursor({ migrationId: null, sequence: null, global })
  // As the next process does that starts.
  await using restored = await openControlStores({
    databaseUrl: api.database.url,
    secretKey: randomBytes(32),
    log: pino({ level: 'silent' }),
  })
  await using feed = await subscribeBySse<Feed>(api, globalFeed, { after })
  const [expired] = await take(feed, 1)
  expect(expired).toEqual({ __typename: 'CursorExpired', cursor: expect.any(String) })
  await addNotes(restored, lease, 'later')
  await using resumed = await subscribeBySse<Feed>(api, globalFeed, { after: expired!.cursor })
  for (const subscription of [feed, resumed]) {
    expect((await takeUntil(subscription, isLater)).length).toBeGreaterThan(0)
  }
})

test('a cursor of another migration starts the feed of a migration over', async () => {
  await using api = await startTestApi()
  const [one, other] = [await createMigration(api.stores), await createMigration(api.stores)]
  await using feed = await subscribeBySse<Feed>(api, migrationFeed, { id: one.id })
  const cursor = (await take(feed, 1))[0]!.cursor
  await using wrong = await subscribeBySse<Feed>(api, migrationFeed, { id: other.id, after: cursor })
  expect(await take(wrong, 2)).toMatchObject([
    { __typename: 'CursorExpired' },
    { __typename: 'Event', sequence: '1' },
  ])
})

test('a silent feed says that it is alive, with a cursor to resume from', async () => {
  await using api = await startTestApi({ api: { subscriptions: { heartbeatMs: 50 } } })
  const { lease } = await makeRunning(api.stores)
  await using feed = await subscribeBySse<Feed>(api, globalFeed)
  const heartbeat = (await takeUntil(feed, ({ __typename }) => __typename === 'Heartbeat')).at(-1)
  expect(heartbeat).toEqual({ __typename: 'Heartbeat', cursor: expect.any(String) })
  await addNotes(api.stores, lease, 'later')
  await using resumed = await subscribeBySse<Feed>(api, globalFeed, { after: heartbeat!.cursor })
  expect((await takeUntil(resumed, isLater)).length).toBeGreaterThan(0)
})

test('a feed delivers even when the doorbell stays silent', async () => {
  await using api = await startTestApi({
    changeStores: (stores) => ({
      ...stores,
      doorbell: { subscribe: () => ({ [Symbol.dispose]: () => undefined }) },
    }),
    api: { subscriptions: { pollMs: 50 } },
  })
  const { migration, lease } = await makeRunning(api.stores)
  const { length } = await api.stores.events.readMigration(migration.id, 0n, 100)
  await using feed = await subscribeBySse<Feed>(api, migrationFeed, { id: migration.id })
  await take(feed, length)
  await addNotes(api.stores, lease, 'later')
  expect((await take(feed, 1))[0]?.message).toBe('later')
})

test.each(transports)(
  '%s: snapshots of a migration come now and at every change',
  async (_name, subscribe) => {
    await using api = await startTestApi()
    const { shortId: id } = await createMigration(api.stores)
    type Snapshot = { migration: { status: string; version: number; availableActions: string[] } }
    await using snapshots = await subscribe<Snapshot>(
      api,
      'subscription ($id: ID!) { migration(id: $id) { status version availableActions steps { status } source { name } } }',
      { id },
    )
    expect((await snapshots.next()).data?.migration).toMatchObject({
      status: 'DRAFT',
      availableActions: ['VERIFY', 'EDIT', 'CANCEL'],
    })
    await api.mutate('cancelMigration', { id }, 'migration { id }')
    expect((await snapshots.next()).data?.migration).toMatchObject({
      status: 'CANCELLED',
      availableActions: [],
    })
  },
)

test('snapshots of a running migration show its progress without a change of status', async () => {
  await using api = await startTestApi({ api: { subscriptions: { pollMs: 50, snapshotGapMs: 10 } } })
  const { migration, lease } = await makeRunning(api.stores)
  type Snapshot = { migration: { steps: { name: string; status: string }[] } }
  await using snapshots = await subscribeBySse<Snapshot>(
    api,
    'subscription ($id: ID!) { migration(id: $id) { steps { name status } } }',
    { id: migration.id },
  )
  await snapshots.next()
  await api.stores.runs.saveStep(lease, { step: 'FULL_COPY', status: 'RUNNING' })
  const isCopying = async () => {
    const { data } = await snapshots.next()
    return data!.migration.steps.some(({ name, status }) => name === 'FULL_COPY' && status === 'RUNNING')
  }
  await expect(waitFor(isCopying)).resolves.toBe(true)
})

test.each(transports)('%s: lag samples come as they are taken', async (_name, subscribe) => {
  await using api = await startTestApi({ api: { subscriptions: { pollMs: 50 } } })
  const { migration, lease } = await makeRunning(api.stores)
  await using lag = await subscribe<{ lag: { bytes: string } }>(
    api,
    'subscription ($id: ID!) { lag(id: $id) { bytes } }',
    {
      id: migration.id,
    },
  )
  for (const bytes of [30n, 20n]) {
    await api.stores.runs.addLagSample(lease, {
      bytes,
      seconds: 0,
      retainedBytes: 0n,
      ...noRisk,
      sourceLsn: parseLsn('0/1'),
      appliedLsn: parseLsn('0/1'),
      appliedTransactions: 0n,
      appliedChanges: 0n,
    })
    expect((await lag.next()).data).toEqual({ lag: { bytes: String(bytes) } })
  }
})

test.each(transports)('%s: a subscription to an unknown migration is refused', async (_name, subscribe) => {
  await using api = await startTestApi()
  for (const field of [
    'migrationEvents(id: "m-9999") { cursor }',
    'migration(id: "m-9999") { id }',
    'lag(id: "m-9999") { at }',
  ]) {
    await using subscription = await subscribe(api, `subscription { ${field} }`)
    const { errors } = await subscription.next()
    expect(errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }])
  }
})

test('a subscription over plain HTTP is told how to be sent', async () => {
  await using api = await startTestApi()
  const { status, errors } = await api.query('subscription { events { cursor } }')
  expect({ status, code: errors?.[0]?.extensions.code }).toEqual({ status: 400, code: 'REQUEST_INVALID' })
  expect(errors?.[0]?.extensions.remedy).toContain('text/event-stream')
})

test('a subscription whose source fails ends with a masked error', async () => {
  await using api = await startTestApi({
    changeStores: (stores) => ({
      ...stores,
      events: { ...stores.events, readMigration: () => Promise.reject(new TypeError('the inside story')) },
    }),
  })
  const { migration } = await makeRunning(api.stores)
  for (const subscribe of transports.map(([, each]) => each)) {
    await using feed = await subscribe(api, migrationFeed, { id: migration.id })
    const { errors } = await feed.next()
    expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL' } }])
    expect(await feed.ended()).toBe(true)
  }
})
