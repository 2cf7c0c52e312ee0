import { removeBookkeeping } from '../../bookkeeping/index.ts'
import { connect, toSessionError } from '../../endpoint/index.ts'
import { isGodwitError } from '../../errors.ts'
import type { RunContext } from '../context.ts'
import { releaseSource } from '../steps/cutover/release.ts'
import { unfence } from '../steps/cutover/unfence.ts'
import { hasBegun } from '../steps/state.ts'
import { takeOverTarget } from '../take-over-target.ts'

/**
 * Takes away what Godwit created. The source comes first and must succeed, for a fence that is left there stops its
 * users, and a slot holds back its WAL. The rows on the target stay; its bookkeeping goes if the target can be reached.
 */
export async function cancel(context: RunContext, signal: AbortSignal): Promise<void> {
  const { run, runs, lease } = context
  await unfence(context, signal)
  if (hasBegun(run.steps, 'PREPARE')) await releaseSource(context, signal)
  if (run.migration.startedAt !== null) await releaseTarget(context, signal)
  await runs.report(lease, 'CLEANED_UP')
}

async function releaseTarget(context: RunContext, signal: AbortSignal): Promise<void> {
  const { target, guard, runs, lease } = context
  try {
    await takeOverTarget(context, signal)
    await using session = await connect(target, { purpose: 'release' }, signal)
    await removeBookkeeping(session, guard)
  } catch (error) {
    signal.throwIfAborted()
    if (isGodwitError(error, 'LEASE_LOST')) throw error
    const { message: why } = toSessionError(error, 'Removing the bookkeeping')
    const message = `The schema "godwit" stays on the target (${why}). Drop it when nothing else needs it.`
    await runs.appendEvent(lease, { type: 'NOTE', message })
  }
}
