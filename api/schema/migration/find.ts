import { type ControlStores, GodwitError, type Migration } from '../../../engine/index.ts'
import { readMigrationId } from '../ids/index.ts'

/**
 * @param text global id, UUID or short id
 * @throws GodwitError NOT_FOUND, BAD_INPUT
 */
export async function requireMigration(text: string, { migrations }: ControlStores): Promise<Migration> {
  const id = readMigrationId(text)
  const migration = await migrations.find(id)
  if (migration === null) throw new GodwitError('NOT_FOUND', `There is no migration ${id}.`)
  return migration
}
