import { and, asc, desc, gt, lt, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { validate } from 'uuid'
import type { Page, PageRequest } from '../../engine/index.ts'
import { badInput } from './validate.ts'

const defaultPageSize = 20
const maxPageSize = 100

/** What the query of one page must add. */
export interface PageBounds {
  readonly where: SQL | undefined
  readonly orderBy: SQL
  readonly limit: number
}

/** How the rows of a list lie, and what cursors in it are made of. */
interface Ordering<Row> {
  readonly column: PgColumn
  readonly ascending: boolean
  readonly cursorPrefix: string
  readonly keyOf: (row: Row) => string
  readonly isKey: (text: string) => boolean
}

interface PageQuery<Row, Item> {
  readonly select: (bounds: PageBounds) => Promise<readonly Row[]>
  readonly toItem: (row: Row) => Item
}

/**
 * Reads one page, newest first, by the ids: version 7 UUIDs grow with time.
 * @throws GodwitError BAD_INPUT
 */
export async function readPage<Row extends { readonly id: string }, Item>(
  request: PageRequest,
  idColumn: PgColumn,
  query: PageQuery<Row, Item>,
): Promise<Page<Item>> {
  const ordering: Ordering<Row> = {
    column: idColumn,
    ascending: false,
    cursorPrefix: 'id:',
    keyOf: ({ id }) => id,
    isKey: validate,
  }
  return await readOrdered(request, ordering, query)
}

/**
 * Reads one page in the order of the keys, which are unique in the list.
 * @throws GodwitError BAD_INPUT
 */
export async function readPageByKey<Row extends { readonly key: string }, Item>(
  request: PageRequest,
  keyColumn: PgColumn,
  query: PageQuery<Row, Item>,
): Promise<Page<Item>> {
  const ordering: Ordering<Row> = {
    column: keyColumn,
    ascending: true,
    cursorPrefix: 'key:',
    keyOf: ({ key }) => key,
    isKey: (text) => !text.includes('\0'),
  }
  return await readOrdered(request, ordering, query)
}

/** One row too many is asked for, to see whether there are more. */
async function readOrdered<Row, Item>(
  request: PageRequest,
  ordering: Ordering<Row>,
  query: PageQuery<Row, Item>,
): Promise<Page<Item>> {
  const { column, ascending } = ordering
  const size = pageSize(request)
  const backwards = request.last !== undefined
  const after = request.after === undefined ? undefined : readCursor('after', request.after, ordering)
  const before = request.before === undefined ? undefined : readCursor('before', request.before, ordering)
  const [isBehind, isAhead] = ascending ? [gt, lt] : [lt, gt]
  const rows = await query.select({
    where: and(
      after === undefined ? undefined : isBehind(column, after),
      before === undefined ? undefined : isAhead(column, before),
    ),
    orderBy: ascending === backwards ? desc(column) : asc(column),
    limit: size + 1,
  })
  const more = rows.length > size
  const taken = rows.slice(0, size)
  const ordered = backwards ? taken.toReversed() : taken
  return {
    items: ordered.map((row) => ({ cursor: writeCursor(row, ordering), item: query.toItem(row) })),
    hasNextPage: backwards ? before !== undefined : more,
    hasPreviousPage: backwards ? more : after !== undefined,
  }
}

function pageSize({ first, last }: PageRequest): number {
  if (first !== undefined && last !== undefined) throw badInput('first', 'and last must not both be given')
  const field = last === undefined ? 'first' : 'last'
  const size = last ?? first ?? defaultPageSize
  if (Number.isInteger(size) && size >= 1 && size <= maxPageSize) return size
  throw badInput(field, `must be a whole number from 1 to ${maxPageSize}`)
}

function writeCursor<Row>(row: Row, { cursorPrefix, keyOf }: Ordering<Row>): string {
  return Buffer.from(cursorPrefix + keyOf(row)).toString('base64url')
}

function readCursor<Row>(field: string, cursor: string, { cursorPrefix, isKey }: Ordering<Row>): string {
  const text = Buffer.from(cursor, 'base64url').toString()
  const key = text.slice(cursorPrefix.length)
  if (text.startsWith(cursorPrefix) && isKey(key)) return key
  throw badInput(field, 'is not a cursor of this list')
}
