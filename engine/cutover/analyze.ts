import type pg from 'pg'
import { inGuardedTransaction, type Guard } from '../bookkeeping/index.ts'
import { toSessionError } from '../endpoint/index.ts'
import { quoteQualified } from '../postgres/index.ts'
import type { SelectedTable } from '../selection/index.ts'

/**
 * Gives the planner of the target statistics of all tables, without which the first queries after a cutover can
 * be very slow. A partitioned table is analyzed with its partitions.
 * @throws GodwitError LEASE_LOST, STATEMENT_FAILED naming the table, …
 * @see https://www.postgresql.org/docs/current/sql-analyze.html
 */
export async function analyzeTables(
  client: pg.Client,
  guard: Guard,
  tables: readonly SelectedTable[],
): Promise<void> {
  for (const { target } of tables.filter(({ isPartition }) => !isPartition)) {
    try {
      await inGuardedTransaction(client, guard, async () => {
        await client.query(`analyze ${quoteQualified(target.schema, target.name)}`)
      })
    } catch (error) {
      throw toSessionError(error, `Analyzing ${target.schema}.${target.name} on the target`)
    }
  }
}
