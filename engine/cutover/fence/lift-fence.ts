import type pg from 'pg'
import { toSessionError } from '../../endpoint/index.ts'
import { sqlState, sqlStateOf } from '../../postgres/index.ts'
import { endSince } from './sessions.ts'
import type { FenceStatements } from './types.ts'

/** Longer than the transaction of somebody who changes the same roles or privileges. */
const lockTimeoutMs = 10_000

/**
 * Takes a fence away, as often as it is called: the source is as it was before. Sessions that began under the fence
 * are ended, for they would stay read-only and their users would not know why.
 * @throws GodwitError PERMISSION_DENIED, LOCK_TIMEOUT, CONNECTION_LOST, …
 */
export async function liftFence(
  session: pg.Client,
  { undo, sourceTime }: Pick<FenceStatements, 'undo' | 'sourceTime'>,
  signal: AbortSignal,
): Promise<void> {
  try {
    await session.query(`set synchronous_commit = 'local'; set lock_timeout = ${lockTimeoutMs}`)
    for (const statement of undo) await run(session, statement)
    await endSince(session, sourceTime, signal)
  } catch (error) {
    signal.throwIfAborted()
    throw toSessionError(error, 'Taking the fence away from the source')
  }
}

/** A role that was dropped meanwhile has taken its settings and privileges with it. */
async function run(session: pg.Client, statement: string): Promise<void> {
  try {
    await session.query(statement)
  } catch (error) {
    if (sqlStateOf(error) !== sqlState.undefinedObject) throw error
  }
}
