import type pg from 'pg'
import { toSessionError } from '../endpoint/index.ts'

/**
 * Runs a query on the catalog.
 * @param what completes "Cannot read …"
 * @throws GodwitError CONNECTION_LOST, PERMISSION_DENIED, LOCK_TIMEOUT, STATEMENT_FAILED
 */
export async function readRows<R extends pg.QueryResultRow>(
  client: pg.Client,
  what: string,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<R[]> {
  try {
    const { rows } = await client.query<R>(sql, [...parameters])
    return rows
  } catch (error) {
    throw toSessionError(error, `Cannot read ${what}`)
  }
}
