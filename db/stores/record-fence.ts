import { and, inArray, isNotNull, sql } from 'drizzle-orm'
import { GodwitError, type OtherMigration, type SourceFence, type Status } from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import { migrations, streams } from '../schema/index.ts'
import { saveStream } from './run-progress.ts'
import { readOthersFromSource } from './same-source.ts'

/**
 * Keeps the fence of a migration, unless another one has fenced the same database: each would take the other's fence
 * for what was there before. One migration at a time asks, or two would not see each other.
 * @throws GodwitError FENCED_BY_OTHER
 */
export async function recordFence(
  transaction: Database,
  migrationId: string,
  fence: SourceFence,
): Promise<void> {
  await transaction.execute(sql`select pg_advisory_xact_lock(hashtextextended('godwit fences', 0))`)
  // Whatever became of it: after a completion the source is to stay fenced.
  const [other] = await readOthersFromSource(transaction, migrationId, isNotNull(streams.fence))
  if (other !== undefined) throw fencedBy(other)
  await saveStream(transaction, migrationId, { fence })
}

/** In which a fence does not last: it is lifted, or the completion ends. */
const passing: readonly Status[] = ['COMPLETING', 'CANCELLING']

/** Whose fence lets nobody else in, for now. */
export async function findShuttingOut(
  session: Database,
  migrationId: string,
): Promise<OtherMigration | null> {
  const isShuttingOut = and(
    sql`${streams.fence} ->> 'mode' = 'BLOCK_CONNECTIONS'`,
    // Else only its place is taken.
    sql`${streams.fence} -> 'undo' <> '[]'`,
    inArray(migrations.status, [...passing]),
  )
  const [other] = await readOthersFromSource(session, migrationId, isShuttingOut)
  return other ?? null
}

function fencedBy({ shortId, name, status }: OtherMigration): GodwitError {
  const message = `The migration ${shortId} (${name}, ${status}) has fenced the same source database.`
  if (passing.includes(status)) {
    const remedy = `Wait until ${shortId} has ended, then complete again.`
    return new GodwitError('FENCED_BY_OTHER', message, { retryable: true, remedy })
  }
  return new GodwitError('FENCED_BY_OTHER', message, {
    remedy:
      'If the source is to stay fenced, nothing writes to it: complete with fencing NONE. Else run the ' +
      `statements of the fence of ${shortId} on the source, forget it with forgetFence, then complete again.`,
  })
}
