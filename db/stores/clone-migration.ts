import { and } from 'drizzle-orm'
import { v7 } from 'uuid'
import type { CommandContext, Migration, MigrationStore } from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import { migrations } from '../schema/index.ts'
import { insertDraft, readMade, type CreateMigrationNeeds } from './create-migration.ts'
import { isMigration, isThere, migrationNotFound, type MigrationRow } from './migration-rows.ts'
import { maxNameLength, validateSettings } from './migration-settings.ts'

const operation = 'migration.clone'
const suffix = ' (copy)'

/** @throws GodwitError NOT_FOUND (also of an endpoint), SAME_ENDPOINT, BAD_INPUT, IDEMPOTENCY_KEY_REUSED */
export async function cloneMigration(
  needs: CreateMigrationNeeds,
  request: Parameters<MigrationStore['clone']>[0],
  context: CommandContext,
): Promise<Migration> {
  validateSettings(request)
  return await needs.database.transaction(async (transaction) => {
    const id = v7()
    const origin = await readOrigin(transaction, request.migrationId)
    const command = { operation, input: { ...request, migrationId: origin.id }, context }
    const earlier = await needs.recall(transaction, command, id)
    if (earlier !== null) return await readMade(transaction, earlier)
    const { tags, sourceId, targetId, selection, structure, fullCopy, incremental } = origin
    const name = request.name ?? `${origin.name.slice(0, maxNameLength - suffix.length)}${suffix}`
    const kind = { structure, fullCopy, incremental }
    const input = { name, tags, sourceId, targetId, selection, kind }
    return await insertDraft(transaction, needs, { id, input, operation, origin, context })
  })
}

/** Not locked: a copy of what it was a moment ago is as good. */
async function readOrigin(transaction: Database, id: string): Promise<MigrationRow> {
  const [row] = await transaction
    .select()
    .from(migrations)
    .where(and(isMigration(migrations.id, id), isThere))
  if (row === undefined) throw migrationNotFound(id)
  return row
}
