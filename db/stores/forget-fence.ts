import { eq } from 'drizzle-orm'
import {
  describeUndo,
  GodwitError,
  type CommandContext,
  type EventPayload,
  type Migration,
  type MigrationStore,
} from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import { migrations } from '../schema/index.ts'
import { assertVersion, type ActNeeds } from './act-on-migration.ts'
import { appendAudit } from './append-audit.ts'
import { appendEvent } from './append-event.ts'
import { lockMigration, readFence, toMigration, type MigrationRow } from './migration-rows.ts'
import { saveStream } from './run-progress.ts'

const operation = 'migration.forget_fence'

/** @throws GodwitError NOT_FOUND, STALE_VERSION, ILLEGAL_ACTION, IDEMPOTENCY_KEY_REUSED */
export async function forgetFence(
  { database, recall }: Pick<ActNeeds, 'database' | 'recall'>,
  request: Parameters<MigrationStore['forgetFence']>[0],
  context: CommandContext,
): Promise<Migration> {
  return await database.transaction(async (transaction) => {
    const row = await lockMigration(transaction, request.migrationId)
    const command = { operation, input: { ...request, migrationId: row.id }, context }
    if ((await recall(transaction, command, row.id)) !== null) return toMigration(row)
    assertVersion(row, request.expectedVersion)
    return await forgetOfLocked(transaction, row, context)
  })
}

async function forgetOfLocked(
  transaction: Database,
  row: MigrationRow,
  { actor }: CommandContext,
): Promise<Migration> {
  assertEnded(row)
  const fence = await readFence(transaction, row.id)
  if (fence === null) throw new GodwitError('ILLEGAL_ACTION', `${row.shortId} has no fence recorded.`)
  await saveStream(transaction, row.id, { fence: null })
  const [changed] = await transaction
    .update(migrations)
    .set({ version: row.version + 1 })
    .where(eq(migrations.id, row.id))
    .returning()
  if (changed === undefined) throw new TypeError(`the locked migration ${row.id} is gone`)
  const payload: EventPayload = { mode: fence.mode, version: changed.version, statements: fence.undo }
  await appendEvent(transaction, row.id, {
    actor,
    event: {
      type: 'NOTE',
      message: `The fence of the source is not Godwit's any more. Where it is still up, this takes it away: ${describeUndo(fence)}`,
      payload,
    },
  })
  await appendAudit(transaction, { actor, operation, subjectId: row.id, details: payload })
  return toMigration(changed)
}

/** Before its end a worker relies on what is recorded. */
function assertEnded({ shortId, status }: MigrationRow): void {
  if (status === 'COMPLETED' || status === 'CANCELLED') return
  throw new GodwitError(
    'ILLEGAL_ACTION',
    `The fence of ${shortId} cannot be forgotten in status ${status}: the migration has not ended.`,
    { remedy: 'Wait until it has completed, or cancel it, which takes the fence away.' },
  )
}
