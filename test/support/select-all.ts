import type pg from 'pg'
import {
  type RenameRule,
  resolveSelection,
  type SelectedObjects,
  wholeDatabase,
} from '../../engine/selection/index.ts'

/** The whole database, each object under its own name on the target where no rule gives it another. */
export async function selectAll(
  client: pg.Client,
  renames: readonly RenameRule[] = [],
): Promise<SelectedObjects> {
  return await resolveSelection(client, { ...wholeDatabase, renames })
}
