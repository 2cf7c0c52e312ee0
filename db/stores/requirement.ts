import type { ApprovalRequirement } from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import type { MigrationRow } from './migration-rows.ts'

/** What the rules of now ask of a plan for the migration. */
export async function readRequirement(
  _transaction: Database,
  _row: MigrationRow,
): Promise<ApprovalRequirement> {
  return { rules: [] }
}
