import type pg from 'pg'
import { toSessionError } from '../endpoint/index.ts'
import { GodwitError } from '../errors.ts'
import { sqlState, sqlStateOf } from '../postgres/index.ts'
import { pollUntil } from './poll.ts'
import { readSlot } from './slot-state.ts'

/** A walsender ends within milliseconds of being told so, unless the server is very busy. */
const patienceMs = 15_000

/**
 * Drops a slot of Godwit, ending the session that holds it. A slot that is not there is fine.
 * @throws GodwitError SLOT_IN_USE, PERMISSION_DENIED, CONNECTION_LOST
 */
export async function dropSlot(session: pg.Client, slotName: string, signal: AbortSignal): Promise<void> {
  try {
    const dropped = await pollUntil(() => tryToDrop(session, slotName), patienceMs, signal)
    if (!dropped) throw inUse(slotName)
  } catch (error) {
    signal.throwIfAborted()
    throw toSessionError(error, `Dropping slot ${slotName}`)
  }
}

async function tryToDrop(session: pg.Client, slotName: string): Promise<boolean> {
  const slot = await readSlot(session, slotName)
  if (slot === null) return true
  if (slot.activePid !== null) {
    await session.query('select pg_catalog.pg_terminate_backend($1)', [slot.activePid])
    return false
  }
  try {
    await session.query('select pg_catalog.pg_drop_replication_slot($1)', [slotName])
    return true
  } catch (error) {
    const state = sqlStateOf(error)
    // Somebody took it, or dropped it, between the two statements.
    if (state === sqlState.objectInUse || state === sqlState.undefinedObject) return false
    throw error
  }
}

/** What is said of a slot that another session does not let go. */
export function inUse(slotName: string): GodwitError {
  return new GodwitError('SLOT_IN_USE', `Slot ${slotName} is held by another session, which does not end.`, {
    remedy: `Find the session: SELECT active_pid FROM pg_replication_slots WHERE slot_name = '${slotName}'; then end it.`,
  })
}
