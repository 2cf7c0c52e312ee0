import type pg from 'pg'
import { toSessionError } from '../../endpoint/index.ts'
import { GodwitError } from '../../errors.ts'
import { sqlState, sqlStateOf } from '../../postgres/index.ts'
import { assertNothingPrepared } from './obstacles.ts'
import { endOthers } from './sessions.ts'
import type { FenceStatements } from './types.ts'

const lockTimeoutMs = 5_000

/**
 * Fences the source: from the return on, no transaction that began before is under way, and new ones are read-only
 * unless a session asks for something else itself. Returns how many sessions were ended. When it fails, what was
 * raised is still there: `liftFence`.
 * @throws GodwitError FENCE_FAILED, LOCK_TIMEOUT, CONNECTION_LOST
 */
export async function raiseFence(
  session: pg.Client,
  { raise }: Pick<FenceStatements, 'raise'>,
  signal: AbortSignal,
): Promise<number> {
  try {
    await runAll(session, raise)
    const ended = await endOthers(session, signal)
    await assertNothingPrepared(session)
    return ended
  } catch (error) {
    signal.throwIfAborted()
    throw toSessionError(error, 'Fencing the source')
  }
}

/** All or nothing, and on disk: a fence that a crash of the source takes away would let writers in unseen. */
async function runAll(session: pg.Client, statements: readonly string[]): Promise<void> {
  await session.query(
    `begin; set local synchronous_commit = 'local'; set local lock_timeout = ${lockTimeoutMs}`,
  )
  try {
    for (const statement of statements) await run(session, statement)
    await session.query('commit')
  } catch (error) {
    await session.query('rollback').catch(() => {
      // The connection is gone, and the transaction with it; the first error says why.
    })
    throw error
  }
}

async function run(session: pg.Client, statement: string): Promise<void> {
  try {
    await session.query(statement)
  } catch (error) {
    const { message, cause } = toSessionError(error, 'Fencing the source')
    // A role that somebody drops at this moment is not there the next time.
    if (sqlStateOf(error) === sqlState.undefinedObject) {
      throw new GodwitError('FENCE_FAILED', message, { cause, retryable: true })
    }
    if (sqlStateOf(error) !== sqlState.insufficientPrivilege) throw error
    throw new GodwitError('FENCE_FAILED', message, {
      cause,
      remedy: `Godwit may not run this: ${statement}. Give its user the right to, or take the setting away yourself.`,
    })
  }
}
