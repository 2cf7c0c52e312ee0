import type { QueryResult, QueryResultRow } from 'pg'
import { GodwitError } from '../errors.ts'

/** The row of a query that always has exactly one. */
export function oneRow<R extends QueryResultRow>({ rows }: QueryResult<R>): R {
  const [row] = rows
  if (row === undefined || rows.length > 1) {
    throw new GodwitError('INTERNAL', `A query of verify returned ${rows.length} rows instead of one.`)
  }
  return row
}
