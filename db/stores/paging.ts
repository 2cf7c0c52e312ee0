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

/**
 * Reads one page, newest first, by the ids: version 7 UUIDs grow with time. One row too many is asked for, to see
 * whether there are more.
 * @throws GodwitError BAD_INPUT
 */
export async function readPage<Row extends { readonly id: string }, Item>(
  request: PageRequest,
  idColumn: PgColumn,
  query: {
    readonly select: (bounds: PageBounds) => Promise<readonly Row[]>
    readonly toItem: (row: Row) => Item
  },
): Promise<Page<Item>> {
  const size = pageSize(request)
  const backwards = request.last !== undefined
  const after = request.after === undefined ? undefined : readCursor('after', request.after)
  const before = request.before === undefined ? undefined : readCursor('before', request.before)
  const rows = await query.select({
    where: and(
      after === undefined ? undefined : lt(idColumn, after),
      before === undefined ? undefined : gt(idColumn, before),
    ),
    orderBy: backwards ? asc(idColumn) : desc(idColumn),
    limit: size + 1,
  })
  const more = rows.length > size
  const taken = rows.slice(0, size)
  const ordered = backwards ? taken.toReversed() : taken
  return {
    items: ordered.map((row) => ({ cursor: writeCursor(row.id), item: query.toItem(row) })),
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

const cursorPrefix = 'id:'

function writeCursor(id: string): string {
  return Buffer.from(cursorPrefix + id).toString('base64url')
}

function readCursor(field: string, cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString()
  const id = text.slice(cursorPrefix.length)
  if (text.startsWith(cursorPrefix) && validate(id)) return id
  throw badInput(field, 'is not a cursor of this list')
}
