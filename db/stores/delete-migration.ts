import { eq, sql } from 'drizzle-orm'
import {
  findDeleteObstacle,
  GodwitError,
  legalActions,
  type CommandContext,
  type MigrationStore,
} from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import { migrations } from '../schema/index.ts'
import { assertVersion, type ActNeeds } from './act-on-migration.ts'
import { appendAudit } from './append-audit.ts'
import { appendEvent } from './append-event.ts'
import { lockEvenDeleted, migrationNotFound, readFence, type MigrationRow } from './migration-rows.ts'

const operation = 'migration.delete'

/** @throws GodwitError NOT_FOUND, STALE_VERSION, ILLEGAL_ACTION, IDEMPOTENCY_KEY_REUSED */
export async function deleteMigration(
  { database, recall }: Pick<ActNeeds, 'database' | 'recall'>,
  request: Parameters<MigrationStore['delete']>[0],
  context: CommandContext,
): Promise<string> {
  return await database.transaction(async (transaction) => {
    const row = await lockEvenDeleted(transaction, request.migrationId)
    const command = { operation, input: { ...request, migrationId: row.id }, context }
    if ((await recall(transaction, command, row.id)) !== null) return row.id
    if (row.deletedAt !== null) throw migrationNotFound(request.migrationId)
    assertVersion(row, request.expectedVersion)
    assertDeletable(row)
    await assertNoFence(transaction, row)
    await markDeleted(transaction, row)
    const { name, shortId, status } = row
    const details = { name, shortId, status }
    await appendEvent(transaction, row.id, {
      actor: context.actor,
      event: { type: 'MIGRATION_DELETED', message: `${name} was deleted.`, payload: details },
    })
    await appendAudit(transaction, { actor: context.actor, operation, subjectId: row.id, details })
    return row.id
  })
}

function assertDeletable({ shortId, status }: MigrationRow): void {
  const obstacle = findDeleteObstacle(status)
  if (obstacle === null) return
  throw new GodwitError('ILLEGAL_ACTION', `${shortId} cannot be deleted in status ${status}: ${obstacle}.`, {
    remedy: legalActions(status).includes('CANCEL')
      ? 'Cancel it first; when it is CANCELLED nothing of it is left.'
      : 'Wait until it has ended.',
  })
}

/** Nobody would know any more what opens the source, or why no other migration may fence it. */
async function assertNoFence(transaction: Database, { id, shortId, status }: MigrationRow): Promise<void> {
  if ((await readFence(transaction, id)) === null) return
  throw new GodwitError(
    'ILLEGAL_ACTION',
    `${shortId} cannot be deleted in status ${status}: the fence of its source is recorded with it.`,
    {
      remedy:
        'Run the statements of its fence on the source if that is to be opened, then forget it with forgetFence.',
    },
  )
}

async function markDeleted(transaction: Database, { id, version }: MigrationRow): Promise<void> {
  await transaction
    .update(migrations)
    .set({ deletedAt: sql`clock_timestamp()`, version: version + 1 })
    .where(eq(migrations.id, id))
}
