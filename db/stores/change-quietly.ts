import { and, eq } from 'drizzle-orm'
import type { Database } from '../control-database.ts'
import { leases, migrations } from '../schema/index.ts'
import type { MigrationRow } from './migration-rows.ts'

/**
 * Changes what the worker at it need not know: the version grows, but to the worker it is none that a person has acted
 * on since, so that its failures count as before. The row must be locked.
 */
export async function changeQuietly(
  transaction: Database,
  row: MigrationRow,
  change: Partial<Pick<MigrationRow, 'name' | 'tags' | 'priority'>>,
): Promise<MigrationRow> {
  const version = row.version + 1
  const [changed] = await transaction
    .update(migrations)
    .set({ ...change, version })
    .where(eq(migrations.id, row.id))
    .returning()
  if (changed === undefined) throw new TypeError(`the locked migration ${row.id} is gone`)
  await transaction
    .update(leases)
    .set({ seenVersion: version })
    .where(and(eq(leases.migrationId, row.id), eq(leases.seenVersion, row.version)))
  return changed
}
