import { type Guard, inGuardedTransaction, type Progress, readProgress } from '../bookkeeping/index.ts'
import { connect, type Session, toSessionError } from '../endpoint/index.ts'
import { openChangeStream } from '../replication/index.ts'
import { Applier } from './applier.ts'
import type { IncrementalRequest } from './incremental-request.ts'

/**
 * Brings the changes of the source to the target, each transaction exactly once and in order of commit, until
 * `stopAt` is reached. Without it, it ends only by failing, or with the reason of `signal`. The caller has taken
 * over the target and is the only one that runs under this epoch.
 *
 * What was applied is in `godwit.progress`, written in the same transactions as the rows. Only what is durable there
 * is acknowledged to the source, so after any failure the stream continues where the target is.
 *
 * @throws GodwitError LEASE_LOST, TARGET_DIVERGED, SCHEMA_CHANGED, APPLY_FAILED, SLOT_LOST, SLOT_IN_USE,
 * SOURCE_REPLACED, CONNECTION_LOST, …
 */
export async function runIncremental(request: IncrementalRequest, signal: AbortSignal): Promise<Progress> {
  const { guard, stopAt } = request
  try {
    await using session = await openApplySession(request, signal)
    const progress = await readOwnProgress(session, guard)
    const { commitEndLsn } = progress
    const startLsn =
      commitEndLsn === null || commitEndLsn < request.startLsn ? request.startLsn : commitEndLsn
    if (stopAt !== undefined && startLsn >= stopAt) return progress

    const { systemIdentifier, timeline } = request
    await using stream = await openChangeStream(
      { ...request, startLsn, expected: { systemIdentifier, timeline } },
      signal,
    )
    await new Applier({ ...request, stream, session, progress, startLsn }).run()
    return await readOwnProgress(session, guard)
  } catch (error) {
    signal.throwIfAborted()
    throw toSessionError(error, 'Applying changes', 'APPLY_FAILED')
  }
}

/** Waits for a transaction of a former session that is still under way, so that its outcome is counted. */
async function readOwnProgress(session: Session, guard: Guard): Promise<Progress> {
  return await inGuardedTransaction(session, guard, () => readProgress(session, guard))
}

/**
 * The source forgets what is acknowledged, so a commit has to be on disk when it is answered. Compiling statements
 * that run for milliseconds takes longer than they do.
 */
const settingsSql = `
  select pg_catalog.set_config(s.name, wanted.setting, false)
    from (values ('synchronous_commit', 'off', 'on'), ('jit', 'on', 'off')) as wanted (name, instead, setting)
    join pg_catalog.pg_settings s on s.name = wanted.name and s.setting = wanted.instead`

async function openApplySession(
  { target, replicaRole }: IncrementalRequest,
  signal: AbortSignal,
): Promise<Session> {
  const session = await connect(target, { purpose: 'apply', pipeline: true }, signal)
  try {
    if (replicaRole) await session.query('set session_replication_role = replica')
    await session.query(settingsSql)
    return session
  } catch (error) {
    await session[Symbol.asyncDispose]()
    throw toSessionError(error, 'Preparing the session that applies changes')
  }
}
