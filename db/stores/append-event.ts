import { eq, sql } from 'drizzle-orm'
import { v7 } from 'uuid'
import type { Actor, NewEvent } from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import { ringDoorbell } from '../doorbell.ts'
import { events, migrations } from '../schema/index.ts'
import { toActorRow } from './actor.ts'

/**
 * Appends to the log, in the transaction that makes the change. The transaction must have locked the row of the
 * migration (`lockMigration`) before it wrote anything else: that keeps the numbers without holes, and the order of
 * the transaction ids that of the numbers.
 */
export async function appendEvent(
  transaction: Database,
  migrationId: string,
  { actor, event }: { readonly actor: Actor; readonly event: NewEvent },
): Promise<void> {
  const [next] = await transaction
    .update(migrations)
    .set({ eventSequence: sql`${migrations.eventSequence} + 1` })
    .where(eq(migrations.id, migrationId))
    .returning({ sequence: migrations.eventSequence })
  if (next === undefined) throw new TypeError(`an event of no migration: ${migrationId}`)
  await transaction.insert(events).values({
    id: v7(),
    migrationId,
    sequence: next.sequence,
    type: event.type,
    message: event.message,
    payload: event.payload ?? {},
    ...toActorRow(actor),
  })
  await ringDoorbell(transaction, migrationId)
}
