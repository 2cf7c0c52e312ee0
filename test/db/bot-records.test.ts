import { expect, test } from 'vitest'
import type { ControlStores, JsonValue } from '../../engine/index.ts'
import { startTestWorker } from '../support/control.ts'
import { waitFor, type TestDatabase } from '../support/servers.ts'
import { openTestStores, shareTestStores, waitForBlocked } from './fixtures.ts'

const card = { namespace: 'slack', key: 'card:m-7f3k' }
const minuteMs = 60_000
const dayMs = 86_400_000

const shared = shareTestStores()

async function expire(database: TestDatabase, key: string = card.key): Promise<void> {
  const { rowCount } = await database.query(
    `update godwit_control.bot_records set expires_at = clock_timestamp() - interval '1 ms' where key = $1`,
    [key],
  )
  expect(rowCount).toBe(1)
}

async function keysOf(stores: ControlStores, prefix: string, namespace = 'slack'): Promise<string[]> {
  const { items } = await stores.botRecords.list({ namespace, prefix }, { first: 100 })
  return items.map(({ item }) => item.key)
}

test('a record is put, found, replaced and deleted', async () => {
  await using control = await openTestStores()
  const { botRecords } = control.stores
  expect(await botRecords.find(card)).toBeNull()
  const first = await botRecords.put({ ...card, value: { channel: 'C1', ts: '1.2' } })
  expect(first).toEqual({
    ...card,
    value: { channel: 'C1', ts: '1.2' },
    version: expect.any(Number),
    expiresAt: null,
    updatedAt: expect.any(Date),
  })
  expect(first.version).toBeGreaterThan(0)
  expect(await botRecords.find(card)).toEqual(first)
  const second = await botRecords.put({ ...card, value: 'elsewhere' })
  expect(second).toMatchObject({ value: 'elsewhere', version: first.version + 1 })
  expect(await botRecords.find({ ...card, namespace: 'other' })).toBeNull()
  expect(await botRecords.delete(card)).toBe(true)
  expect(await botRecords.delete(card)).toBe(false)
  expect(await botRecords.find(card)).toBeNull()
})

test.each<[string, NonNullable<JsonValue>]>([
  ['a text that looks like a number', '5'],
  ['a text that looks like JSON', '{"a":1}'],
  ['a number', -1.5e-3],
  ['false', false],
  ['an empty list', []],
  ['what is nested', { a: [null, { 'ключ 🔑': [[], {}, ''] }] }],
  ['a backslash before u0000', String.raw`\u0000`],
])('a value comes back as it went in: %s', async (_name, value) => {
  const { botRecords } = shared().stores
  const at = { namespace: 'slack', key: 'value' }
  await botRecords.put({ ...at, value })
  expect((await botRecords.find(at))?.value).toEqual(value)
})

test('of two who create one at the same time, exactly one does, and the other learns its version', async () => {
  await using control = await openTestStores()
  const { botRecords } = control.stores
  await using holder = await control.database.connect()
  await holder.query('begin')
  await holder.query('lock table godwit_control.bot_records in share mode')
  const both = Promise.allSettled(
    ['a', 'b'].map((value) => botRecords.put({ ...card, value, expectedVersion: 0 })),
  )
  await waitForBlocked(control.database, 2)
  await holder.query('commit')
  const results = await both
  const winners = results.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  const losers = results.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
  expect(winners).toHaveLength(1)
  expect(losers).toMatchObject([{ code: 'STALE_VERSION', currentVersion: winners[0]?.version }])
  expect(await botRecords.find(card)).toEqual(winners[0])
})

test('a put with a version that is not there any more changes nothing', async () => {
  await using control = await openTestStores()
  const { botRecords } = control.stores
  const first = await botRecords.put({ ...card, value: 1 })
  const second = await botRecords.put({ ...card, value: 2, expectedVersion: first.version })
  expect(second.version).toBe(first.version + 1)
  for (const expectedVersion of [first.version, second.version + 1, 0]) {
    const refusal = { code: 'STALE_VERSION', currentVersion: second.version }
    await expect(botRecords.put({ ...card, value: 3, expectedVersion })).rejects.toMatchObject(refusal)
    await expect(botRecords.delete({ ...card, expectedVersion })).rejects.toMatchObject(refusal)
  }
  expect(await botRecords.find(card)).toEqual(second)
  expect(await botRecords.delete({ ...card, expectedVersion: second.version })).toBe(true)
  const gone = { code: 'STALE_VERSION', currentVersion: 0 }
  await expect(botRecords.put({ ...card, value: 3, expectedVersion: second.version })).rejects.toMatchObject(
    gone,
  )
  await expect(botRecords.delete({ ...card, expectedVersion: second.version })).rejects.toMatchObject(gone)
  expect(await botRecords.delete({ ...card, expectedVersion: 0 })).toBe(false)
})

test('who has the version of a record that was made anew since cannot change it', async () => {
  await using control = await openTestStores()
  const { botRecords } = control.stores
  const mine = await botRecords.put({ ...card, value: 'mine', expectedVersion: 0 })
  await botRecords.delete(card)
  const theirs = await botRecords.put({ ...card, value: 'theirs', expectedVersion: 0 })
  await expect(botRecords.delete({ ...card, expectedVersion: mine.version })).rejects.toMatchObject({
    code: 'STALE_VERSION',
    currentVersion: theirs.version,
  })
})

test('an expired record counts as absent everywhere, before it is deleted', async () => {
  await using control = await openTestStores()
  const { botRecords } = control.stores
  const { version } = await botRecords.put({ ...card, value: 1, expiresInMs: minuteMs })
  await expire(control.database)
  expect(await botRecords.find(card)).toBeNull()
  expect(await keysOf(control.stores, '')).toEqual([])
  expect(await botRecords.delete(card)).toBe(false)
  await expect(botRecords.put({ ...card, value: 2, expectedVersion: version })).rejects.toMatchObject({
    code: 'STALE_VERSION',
    currentVersion: 0,
  })
  const anew = await botRecords.put({ ...card, value: 2, expectedVersion: 0 })
  expect(anew).toMatchObject({ value: 2, expiresAt: null })
  expect(anew.version).not.toBe(version + 1)
  expect(await botRecords.find(card)).toEqual(anew)
})

test('a record expires by the clock of the control database', async () => {
  await using control = await openTestStores()
  const { botRecords } = control.stores
  await botRecords.put({ ...card, value: 1, expiresInMs: 1_500.5 })
  const { rows } = await control.database.query(
    `select expires_at - updated_at between '1.4 s' and '1.6 s' as as_said from godwit_control.bot_records`,
  )
  expect(rows).toEqual([{ as_said: true }])
  await waitFor(async () => (await botRecords.find(card)) === null, { describe: 'the record to expire' })
})

test('a worker deletes what has expired, and nothing else', async () => {
  await using control = await openTestStores()
  const { botRecords } = control.stores
  for (const key of ['expired', 'lasting', 'later'])
    await botRecords.put({ ...card, key, value: 1, ...(key !== 'lasting' && { expiresInMs: minuteMs }) })
  await expire(control.database, 'expired')
  await using worker = startTestWorker(control.stores)
  const stored = async () => {
    const { rows } = await control.database.query<{ key: string }>(
      'select key from godwit_control.bot_records order by key',
    )
    return rows.map(({ key }) => key).join()
  }
  await waitFor(async () => (await stored()) === 'lasting,later', {
    describe: async () => `only what has not expired (${await stored()})`,
  })
  expect(await botRecords.find({ ...card, key: 'later' })).not.toBeNull()
  void worker
})

test('a prefix finds just the keys that begin with it, in the order of their code points', async () => {
  await using control = await openTestStores()
  const keys = ['a%b', 'a_b', 'aab', 'A', 'a', 'b', 'é', 'z', '🐦', String.raw`a\b`, 'a b']
  for (const key of keys) await control.stores.botRecords.put({ namespace: 'slack', key, value: 1 })
  await control.stores.botRecords.put({ namespace: 'slack-2', key: 'a', value: 1 })
  expect(await keysOf(control.stores, '')).toEqual([
    'A',
    'a',
    'a b',
    'a%b',
    String.raw`a\b`,
    'a_b',
    'aab',
    'b',
    'z',
    'é',
    '🐦',
  ])
  expect(await keysOf(control.stores, 'a')).toEqual(['a', 'a b', 'a%b', String.raw`a\b`, 'a_b', 'aab'])
  for (const key of ['a%', 'a_', String.raw`a\b`, '🐦'])
    expect(await keysOf(control.stores, key)).toEqual(keys.filter((each) => each.startsWith(key)))
  expect(await keysOf(control.stores, '', 'slack-2')).toEqual(['a'])
})

test('the primary key serves a prefix', async () => {
  await using control = await openTestStores()
  await control.database.query(
    `insert into godwit_control.bot_records (namespace, key, value, version)
     select 'slack', 'key ' || i, '1', 1 from generate_series(1, 20000) i`,
  )
  await control.database.query('analyze godwit_control.bot_records')
  const { rows } = await control.database.query<{ 'QUERY PLAN': string }>(
    `explain select * from godwit_control.bot_records where namespace = 'slack' and key like 'key 777%' order by key`,
  )
  expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/bot_records_pkey[^]*key >= 'key 777'/)
})

test('pages follow one another forward and backward, also when records come and go', async () => {
  await using control = await openTestStores()
  const { botRecords } = control.stores
  for (let i = 1; i <= 5; i += 1) await botRecords.put({ namespace: 'slack', key: `k${i}`, value: i })
  const within = { namespace: 'slack', prefix: 'k' }
  const values = (page: Awaited<ReturnType<typeof botRecords.list>>) =>
    page.items.map(({ item }) => item.value)
  const first = await botRecords.list(within, { first: 2 })
  expect(values(first)).toEqual([1, 2])
  expect(first).toMatchObject({ hasNextPage: true, hasPreviousPage: false })
  await botRecords.delete({ namespace: 'slack', key: 'k2' })
  const after = first.items[1]!.cursor
  const second = await botRecords.list(within, { first: 3, after })
  expect(values(second)).toEqual([3, 4, 5])
  expect(second).toMatchObject({ hasNextPage: false, hasPreviousPage: true })
  const back = await botRecords.list(within, { last: 2, before: second.items[2]!.cursor })
  expect(values(back)).toEqual([3, 4])
  expect(back).toMatchObject({ hasNextPage: true, hasPreviousPage: true })
  for (const cursor of ['nonsense', Buffer.from('id:k1').toString('base64url')])
    await expect(botRecords.list(within, { after: cursor })).rejects.toMatchObject({ code: 'BAD_INPUT' })
})

test.each([
  ['namespace', { namespace: '' }],
  ['namespace', { namespace: 'Slack' }],
  ['namespace', { namespace: '9lives' }],
  ['namespace', { namespace: 'a'.repeat(41) }],
  ['namespace', { namespace: 'slack\n' }],
  ['key', { key: '' }],
  ['key', { key: '🐦'.repeat(301) }],
  ['key', { key: 'line\nbreak' }],
  ['key', { key: 'null\0' }],
  ['key', { key: 'half \ud800' }],
  ['value', { value: 'x'.repeat(65_535) }],
  ['value', { value: ['\0'] }],
  ['value', { value: { 'half \ud800': 1 } }],
  ['expectedVersion', { expectedVersion: -1 }],
  ['expectedVersion', { expectedVersion: 2 ** 31 }],
  ['expiresIn', { expiresInMs: 999 }],
  ['expiresIn', { expiresInMs: 400 * dayMs + 1 }],
  ['expiresIn', { expiresInMs: Number.NaN }],
])('a bad %s is refused by its name', async (field, wrong) => {
  const { botRecords } = shared().stores
  const namespace = 'refused'
  await expect(botRecords.put({ ...card, namespace, value: 1, ...wrong })).rejects.toMatchObject({
    code: 'BAD_INPUT',
    field,
    message: expect.stringMatching(new RegExp(`^${field} `)),
  })
  expect(await keysOf(shared().stores, '', namespace)).toEqual([])
})

test('what is just within the limits is kept', async () => {
  const { stores } = shared()
  const record = {
    namespace: `a${'9-'.repeat(19)}z`,
    key: '🐦'.repeat(300),
    value: 'x'.repeat(65_534),
    expiresInMs: 400 * dayMs,
  }
  expect(await stores.botRecords.put(record)).toMatchObject({ value: record.value })
  expect(await keysOf(stores, record.key, record.namespace)).toEqual([record.key])
  await stores.botRecords.put({ ...card, value: 1, expiresInMs: 1_000 })
})
