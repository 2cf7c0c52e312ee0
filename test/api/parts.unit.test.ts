import { parse } from 'graphql'
import { expect, test } from 'vitest'
import { holdsScope } from '../../api/auth/index.ts'
import { assertAliases, assertDepth, createRateLimiter } from '../../api/limits/index.ts'
import { isGodwitError } from '../../engine/index.ts'
import { readMigrationId } from '../../api/schema/ids/index.ts'
import { pageInMemory } from '../../api/schema/paging/index.ts'
import { formatDuration, parseDuration } from '../../api/schema/scalars/duration.ts'
import {
  decodeEventCursor,
  encodeEventCursor,
  startCursor,
  startPlace,
} from '../../api/subscriptions/event-cursor.ts'
import { streamOf } from '../../api/subscriptions/stream.ts'

test.each([
  [['read'], 'read', true],
  [['read'], 'operate', false],
  [['operate'], 'read', true],
  [['operate'], 'approve', false],
  [['approve'], 'operate', true],
  [['approve'], 'admin', false],
  [['admin'], 'approve', true],
  [[], 'read', false],
] as const)('a token with %j that needs %s: %s', (held, needed, expected) => {
  expect(holdsScope(held, needed)).toBe(expected)
})

test('a rate limiter lets a burst through, then only what the rate gives', () => {
  let nowMs = 0
  const limiter = createRateLimiter({ operationsPerSecond: 10, operationBurst: 3 }, () => nowMs)
  const take = () => {
    try {
      limiter.take('a')
      return 'taken'
    } catch (error) {
      return isGodwitError(error) ? error.code : error
    }
  }
  const takes = (count: number) =>
    Array.from({ length: count }, take).filter((each) => each === 'taken').length
  expect([take(), take(), take(), take()]).toEqual(['taken', 'taken', 'taken', 'RATE_LIMITED'])
  nowMs = 200
  expect(takes(5)).toBe(2)
  nowMs = 100_000
  expect(takes(5)).toBe(3)
})

test('a rate limiter counts each key apart', () => {
  const limiter = createRateLimiter({ operationsPerSecond: 1, operationBurst: 1 }, () => 0)
  limiter.take('a')
  expect(() => limiter.take('b')).not.toThrow()
})

test('depth counts through fragments', () => {
  const document = parse('{ a { ...F } } fragment F on T { b { ... on T { c } } }')
  expect(() => assertDepth(document, 3)).not.toThrow()
  expect(() => assertDepth(document, 2)).toThrow('nests 3 fields')
})

test('depth of fragments that spread each other twice is found in time that grows with the text', () => {
  const levels = 200
  const fragments = Array.from(
    { length: levels },
    (_, level) => `fragment F${level} on T { a { ...F${level + 1} ...F${level + 1} } }`,
  )
  const document = parse(`{ ...F0 ...F0 } ${fragments.join(' ')} fragment F${levels} on T { b }`)
  expect(() => assertDepth(document, 16)).toThrow(`nests ${levels + 1} fields`)
})

test('depth survives fragments in a circle', () => {
  expect(() => assertDepth(parse('{ ...F } fragment F on T { a { ...F } }'), 5)).not.toThrow()
})

test('aliases are counted over the whole document', () => {
  expect(() => assertAliases(parse('{ a: x ...F } fragment F on T { b: x c: x }'), 2)).toThrow('3 aliases')
})

test.each([0, 5, 999, 12_500, 3_600_000, 1.4])(
  'a duration of %s ms is read as it was printed',
  (durationMs) => {
    expect(parseDuration(formatDuration(durationMs))).toBeCloseTo(Math.round(durationMs), 6)
  },
)

test('an event cursor is read as it was made', () => {
  const place = { migrationId: '01890a5d-ac96-774b-bcce-b302099a8057', sequence: 12n, global: 'x/1/y' }
  expect(decodeEventCursor(encodeEventCursor(place))).toEqual(place)
  expect(decodeEventCursor(startCursor)).toEqual(startPlace)
})

test.each(['', 'x', 'bm90IGEgY3Vyc29y', '💥'])('%j is not an event cursor', (text) => {
  expect(decodeEventCursor(text)).toBeNull()
})

test('the id of a migration is read in all its forms', () => {
  const uuid = '01890a5d-ac96-774b-bcce-b302099a8057'
  expect(readMigrationId('M-7F3K')).toBe('m-7f3k')
  expect(readMigrationId(uuid.toUpperCase())).toBe(uuid)
  expect(readMigrationId(Buffer.from(`Migration:${uuid}`).toString('base64url'))).toBe(uuid)
  expect(() => readMigrationId(Buffer.from(`Endpoint:${uuid}`).toString('base64url'))).toThrow('Endpoint')
  expect(() => readMigrationId(`${uuid}' or 1=1`)).toThrow('not an id')
})

test('pages in memory go through a list both ways, without a gap', () => {
  const list = ['d', 'a', 'c', 'b', 'e']
  const keyOf = (item: string) => item
  const first = pageInMemory(list, keyOf, { first: 2 })
  expect(first).toMatchObject({ hasNextPage: true, hasPreviousPage: false })
  const second = pageInMemory(list, keyOf, { first: 10, after: first.items[1]!.cursor })
  const last = pageInMemory(list, keyOf, { last: 2 })
  const beforeLast = pageInMemory(list, keyOf, { last: 10, before: last.items[0]!.cursor })
  expect([...first.items, ...second.items].map(({ item }) => item)).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect([...beforeLast.items, ...last.items].map(({ item }) => item)).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(beforeLast).toMatchObject({ hasNextPage: true, hasPreviousPage: false })
})

test('a stream ends in the middle of a wait', async () => {
  let hasCleanedUp = false
  const stream = streamOf(async function* (signal) {
    try {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      yield* []
    } finally {
      hasCleanedUp = true
    }
  })
  const next = stream.next()
  await stream.return()
  expect(await next).toEqual({ done: true, value: undefined })
  expect(hasCleanedUp).toBe(true)
})
