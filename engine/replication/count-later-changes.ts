import type pg from 'pg'
import { toSessionError } from '../endpoint/index.ts'
import { GodwitError } from '../errors.ts'
import { quoteIdent } from '../postgres/index.ts'
import { inUse } from './drop-slot.ts'
import { formatLsn, type Lsn } from './lsn.ts'
import { pollUntil } from './poll.ts'
import { readSlot } from './slot-state.ts'

export interface LaterChangesRequest {
  readonly slotName: string
  readonly publicationName: string
  /** The target has everything that was committed before. */
  readonly after: Lsn
}

/** The end of the session that has just read from the slot takes milliseconds. */
const patienceMs = 15_000

/**
 * Messages begin with a letter: C ends a transaction, at its position of commit; I, U, D and T change rows. What was
 * applied but not acknowledged yet may come again, so the position decides.
 * @see https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html
 */
const countSql = `
  with message as (
    select p.xid, p.lsn, pg_catalog.chr(pg_catalog.get_byte(p.data, 0)) as kind
      from pg_catalog.pg_logical_slot_peek_binary_changes(
             $1, null, null, 'proto_version', '1', 'publication_names', $2) p
  )
  select pg_catalog.count(*)::text as changes
    from message m
    join message c on c.xid = m.xid and c.kind = 'C' and c.lsn >= $3::pg_lsn
   where m.kind in ('I', 'U', 'D', 'T')`

/**
 * How many changes of published tables the source has committed since a position. They stay in the slot.
 * @throws GodwitError SLOT_LOST, SLOT_IN_USE, CONNECTION_LOST, …
 * @see https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-REPLICATION
 */
export async function countLaterChanges(
  session: pg.Client,
  { slotName, publicationName, after }: LaterChangesRequest,
  signal: AbortSignal,
): Promise<bigint> {
  try {
    const free = await pollUntil(() => isFree(session, slotName), patienceMs, signal)
    if (!free) throw inUse(slotName)
    const { rows } = await session.query<{ changes: string }>(countSql, [
      slotName,
      quoteIdent(publicationName),
      formatLsn(after),
    ])
    return BigInt(rows[0]?.changes ?? 0)
  } catch (error) {
    signal.throwIfAborted()
    throw toSessionError(error, 'Looking for changes that came too late')
  }
}

async function isFree(session: pg.Client, slotName: string): Promise<boolean> {
  const slot = await readSlot(session, slotName)
  if (slot === null) throw new GodwitError('SLOT_LOST', `Slot ${slotName} does not exist any more.`)
  return slot.activePid === null
}
