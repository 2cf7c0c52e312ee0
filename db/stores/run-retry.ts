import { eq, sql } from 'drizzle-orm'
import type { Lease, Retry } from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import { ringDoorbell } from '../doorbell.ts'
import { leases, migrations } from '../schema/index.ts'
import { workerActor } from './actor.ts'
import { appendEvent } from './append-event.ts'
import { after } from './lease-store.ts'
import { noProblem, toProblemColumns, type MigrationRow } from './migration-rows.ts'

/**
 * Keeps a failure, and when to try again. Where a person has acted since the worker last looked, the attempt that
 * failed was not for what the person asked, so that does not wait.
 *
 * Waiting for another migration is one attempt, however often it is looked whether that has ended.
 */
export async function saveRetry(
  transaction: Database,
  { lease, row, retry }: { readonly lease: Lease; readonly row: MigrationRow; readonly retry: Retry },
): Promise<void> {
  const { error, delayMs, waits = false } = retry
  const attempt = waits ? 1 : row.attempt + 1
  const overtaken = await hasPersonActed(transaction, row)
  if (!overtaken) {
    await transaction
      .update(migrations)
      .set({
        ...toProblemColumns(error),
        attempt,
        firstFailureAt: waits ? null : sql`coalesce(${migrations.firstFailureAt}, clock_timestamp())`,
        nextAttemptAt: after(delayMs),
      })
      .where(eq(migrations.id, row.id))
  }
  if (waits && row.problemCode === error.code && row.attempt > 0) {
    await ringDoorbell(transaction, row.id)
    return
  }
  await appendEvent(transaction, row.id, {
    actor: workerActor(lease),
    event: {
      type: 'RETRY_SCHEDULED',
      message: overtaken ? error.message : `${error.message} Trying again in ${describeDelay(delayMs)}.`,
      payload: {
        code: error.code,
        remedy: error.remedy,
        attempt,
        delayMs: overtaken ? 0 : delayMs,
      },
    },
  })
}

/** Whether the migration was changed by a person since the worker that owns it last looked. */
export async function hasPersonActed(transaction: Database, row: MigrationRow): Promise<boolean> {
  const [lease] = await transaction
    .select({ seenVersion: leases.seenVersion })
    .from(leases)
    .where(eq(leases.migrationId, row.id))
  return lease !== undefined && lease.seenVersion < row.version
}

/** A problem that was not followed by a retry, such as a completion that was refused, stays. */
export async function clearRetry(transaction: Database, row: MigrationRow): Promise<void> {
  if (row.attempt === 0) return
  await transaction.update(migrations).set(noProblem).where(eq(migrations.id, row.id))
  await ringDoorbell(transaction, row.id)
}

function describeDelay(delayMs: number): string {
  return delayMs < 1000 ? `${delayMs} ms` : `${Math.round(delayMs / 1000)} s`
}
