import { v7 } from 'uuid'
import type { Actor, EventPayload } from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import { audit } from '../schema/index.ts'
import { toActorRow } from './actor.ts'

export interface NewAuditEntry {
  readonly actor: Actor
  /** Such as `migration.start`. */
  readonly operation: string
  /** Null: of what there is only one, such as the limits of the queue. */
  readonly subjectId: string | null
  readonly details?: EventPayload
}

/** Notes who did what, in the transaction that does it. */
export async function appendAudit(transaction: Database, entry: NewAuditEntry): Promise<void> {
  await transaction.insert(audit).values({
    id: v7(),
    ...toActorRow(entry.actor),
    operation: entry.operation,
    subjectId: entry.subjectId,
    details: entry.details ?? {},
  })
}
