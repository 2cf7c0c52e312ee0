import { and, eq, sql } from 'drizzle-orm'
import { GodwitError, type CommandContext } from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import { idempotencyKeys } from '../schema/index.ts'
import type { SecretBox } from '../secrets.ts'
import { canonicalJson } from './canonical-json.ts'
import { requireText } from './validate.ts'

/** A call that is to have its effect once, however often it is repeated. */
interface Command {
  /** Such as `endpoint.create`. */
  readonly operation: string
  readonly input: unknown
  readonly context: CommandContext
}

/**
 * Asks, in the transaction that is about to carry out the command, whether that was done before. Null: no, and now
 * the key stands for `resultId`. Else the id of the first result. Waits while another transaction is at the same key.
 * @throws GodwitError IDEMPOTENCY_KEY_REUSED, BAD_INPUT
 */
export type Recall = (transaction: Database, command: Command, resultId: string) => Promise<string | null>

/** How long a repetition is recognised. */
const keptFor = sql`interval '7 days'`

export function createRecall(secrets: Pick<SecretBox, 'fingerprint'>): Recall {
  return async (transaction, { operation, input, context }, resultId) => {
    const key = context.idempotencyKey
    if (key === undefined) return null
    requireText('idempotencyKey', key, 200)
    const { kind: actorKind, id: actorId, onBehalfOf } = context.actor
    // What one token does for two people is not one request.
    const request = onBehalfOf === undefined ? input : { input, onBehalfOf }
    const inputHash = secrets.fingerprint(canonicalJson(request))
    const inserted = await transaction
      .insert(idempotencyKeys)
      .values({ actorKind, actorId, key, operation, inputHash, resultId })
      .onConflictDoNothing()
      .returning({ key: idempotencyKeys.key })
    if (inserted.length > 0) {
      await forgetOldKeys(transaction)
      return null
    }
    const [earlier] = await transaction
      .select()
      .from(idempotencyKeys)
      .where(
        and(
          eq(idempotencyKeys.actorKind, actorKind),
          eq(idempotencyKeys.actorId, actorId),
          eq(idempotencyKeys.key, key),
        ),
      )
    if (earlier?.operation === operation && earlier.inputHash.equals(inputHash)) return earlier.resultId
    throw new GodwitError(
      'IDEMPOTENCY_KEY_REUSED',
      `The idempotency key ${key} was used for a different request.`,
    )
  }
}

/** A few at a time, and none that another transaction is at, so that nobody waits for it. */
async function forgetOldKeys(transaction: Database): Promise<void> {
  await transaction.execute(sql`
    delete from ${idempotencyKeys} where ctid in (
      select ctid from ${idempotencyKeys}
       where created_at < clock_timestamp() - ${keptFor}
       limit 100 for update skip locked)`)
}
