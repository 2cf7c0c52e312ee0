/**
 * What keeps a former owner from writing, also one that was stopped in the middle of something and wakes up much later:
 *
 * - on the **control database**, every write carries the lease;
 * - on the **target**, every transaction carries the epoch of the lease;
 * - on the **source**, which keeps nothing of ours that could carry an epoch, by order: a writer first opens its
 *   session, then asks the control database whether the lease is held, then writes (`writeToSource`); and a new owner,
 *   before it does anything, ends every session that an owner before it has opened (`takeOverSource`). So a session
 *   that the lease was confirmed for is either still of the owner, or does not exist any more. What it had sent by
 *   then has taken effect before the new owner goes on, not after. Opening an epoch on the target follows the same order,
 *   for its row is gone when a migration has ended.
 *
 * It needs the names of the sessions, so it holds among sessions of one role of the source: a role may end its own
 * sessions, and see their names.
 */
import { connect, toSessionError, type ConnectionSettings, type Session } from '../endpoint/index.ts'
import type { RunContext } from './context.ts'
import { endFormerSessions } from './former-sessions.ts'

/** Opens a session on the source on which `work` may write, until it ends or another owner ends it. */
export async function writeToSource<T>(
  context: RunContext,
  purpose: string,
  work: (session: Session) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  await using session = await openAsOwner(context, context.source, purpose, signal)
  return await work(session)
}

/**
 * Ends what former owners have open on the source, and what an earlier activity of this one has left there.
 * @throws GodwitError LEASE_LOST, FORMER_SESSIONS_REMAIN, PERMISSION_DENIED, ENDPOINT_…, CONNECTION_LOST
 */
export async function takeOverSource(context: RunContext, signal: AbortSignal): Promise<void> {
  await using session = await openAsOwner(context, context.source, 'take over', signal)
  try {
    const { run, lease } = context
    await endFormerSessions(session, { migration: run.migration, lease, upTo: lease.epoch }, signal)
  } catch (error) {
    signal.throwIfAborted()
    throw toSessionError(error, 'Taking over the source')
  }
}

/**
 * A session for which the control database said, when it was open, that the lease is held.
 * @throws GodwitError LEASE_LOST; CONNECTION_LOST when the control database cannot say; as `connect`
 */
export async function openAsOwner(
  { runs, lease }: RunContext,
  settings: ConnectionSettings,
  purpose: string,
  signal: AbortSignal,
): Promise<Session> {
  await using opening = new AsyncDisposableStack()
  const session = opening.use(await connect(settings, { purpose }, signal))
  await runs.assertOwner(lease)
  opening.move()
  return session
}
