import { GodwitError, type Page, type PageRequest } from '../../../engine/index.ts'
import { defaultPageSize } from './page-size.ts'

/**
 * One page of a list that is read whole, by keys that are unique and order it. A cursor stays good when items come
 * and go.
 * @throws GodwitError BAD_INPUT
 */
export function pageInMemory<T>(
  list: readonly T[],
  keyOf: (item: T) => string,
  { first, after, last, before }: PageRequest,
): Page<T> {
  const keyed = list.map((item) => ({ key: keyOf(item), item })).sort((a, b) => compareKeys(a.key, b.key))
  const afterKey = after === undefined ? undefined : readCursor('after', after)
  const beforeKey = before === undefined ? undefined : readCursor('before', before)
  const within = keyed.filter(
    ({ key }) =>
      (afterKey === undefined || compareKeys(key, afterKey) > 0) &&
      (beforeKey === undefined || compareKeys(key, beforeKey) < 0),
  )
  const size = last ?? first ?? defaultPageSize
  const taken = last === undefined ? within.slice(0, size) : within.slice(-size)
  const hasMore = within.length > taken.length
  return {
    items: taken.map(({ key, item }) => ({ cursor: writeCursor(key), item })),
    hasNextPage: last === undefined ? hasMore : beforeKey !== undefined,
    hasPreviousPage: last === undefined ? afterKey !== undefined : hasMore,
  }
}

function compareKeys(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

const cursorPrefix = 'key:'

function writeCursor(key: string): string {
  return Buffer.from(cursorPrefix + key).toString('base64url')
}

function readCursor(field: string, cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString('utf8')
  if (text.startsWith(cursorPrefix)) return text.slice(cursorPrefix.length)
  throw new GodwitError('BAD_INPUT', `${field} is not a cursor of this list.`, { field })
}
