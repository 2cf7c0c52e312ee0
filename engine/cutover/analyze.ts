import type pg from 'pg'
import { inGuardedTransaction, type Guard } from '../bookkeeping/index.ts'
import type { CatalogTable } from '../catalog/types.ts'
import { toSessionError } from '../endpoint/index.ts'
import { quoteQualified } from '../postgres/index.ts'

/**
 * Gives the planner of the target statistics of all tables, without which the first queries after a cutover can
 * be very slow. A partitioned table is analyzed with its partitions.
 * @throws GodwitError LEASE_LOST, STATEMENT_FAILED naming the table, …
 * @see https://www.postgresql.org/docs/current/sql-analyze.html
 */
export async function analyzeTables(
  target: pg.Client,
  guard: Guard,
  tables: readonly CatalogTable[],
): Promise<void> {
  for (const table of tables.filter(({ isPartition }) => !isPartition)) {
    try {
      await inGuardedTransaction(target, guard, async () => {
        await target.query(`analyze ${quoteQualified(table.schema, table.name)}`)
      })
    } catch (error) {
      throw toSessionError(error, `Analyzing ${table.schema}.${table.name} on the target`)
    }
  }
}
