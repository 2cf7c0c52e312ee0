import { setTimeout as sleep } from 'node:timers/promises'
import { takeOver } from '../bookkeeping/index.ts'
import { connect, toSessionError } from '../endpoint/index.ts'
import type { RunContext } from './context.ts'
import { endFormerSessions } from './former-sessions.ts'
import { openAsOwner } from './ownership.ts'

/** Sessions of Godwit that keep the given one waiting, ended. A role may end the sessions of its own. */
const endBlockersSql = `
  select pg_catalog.pg_terminate_backend(a.pid)
    from pg_catalog.unnest(pg_catalog.pg_blocking_pids($1)) as b (pid)
    join pg_catalog.pg_stat_activity a on a.pid = b.pid
   where a.application_name like 'godwit %'`

/** A transaction of a living session ends sooner than this; what still blocks belongs to a dead owner. */
const patienceMs = 1_000

/**
 * Raises the epoch on the target and ends what former owners have open there. A former owner that died in the middle of a long statement leaves a backend
 * behind that notices nothing until the statement ends: it is ended, so that the migration goes on at once.
 * @throws GodwitError LEASE_LOST when a later owner was here
 */
export async function takeOverTarget(context: RunContext, signal: AbortSignal): Promise<void> {
  const { target, guard, run, lease } = context
  await using helper = await connect(target, { purpose: 'take over' }, signal)
  await using session = await openAsOwner(context, target, 'take over', signal)
  const pid = await session.query<{ pid: number }>('select pg_catalog.pg_backend_pid() as pid')

  const done = new AbortController()
  const ended = AbortSignal.any([done.signal, signal])
  const endBlockers = async () => {
    while (!ended.aborted) {
      await sleep(patienceMs, undefined, { signal: ended }).catch(() => undefined)
      if (!ended.aborted) await helper.query(endBlockersSql, [pid.rows[0]?.pid])
    }
  }
  const ending = endBlockers().catch((error: unknown) => {
    if (!ended.aborted) context.log.warn({ err: error }, 'cannot end what the take-over waits for')
  })
  try {
    await takeOver(session, guard)
    await endFormerSessions(session, { migration: run.migration, lease, upTo: lease.epoch - 1n }, signal)
  } catch (error) {
    signal.throwIfAborted()
    throw toSessionError(error, 'Taking over the target')
  } finally {
    done.abort()
    await ending
  }
}
