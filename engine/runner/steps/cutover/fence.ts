import { planFence, raiseFence } from '../../../cutover/index.ts'
import type { Session } from '../../../endpoint/index.ts'
import type { Fencing, SourceFence } from '../../../ports/index.ts'
import type { RunContext } from '../../context.ts'
import { writeToSource } from '../../ownership.ts'
import { inStep, isDone } from '../state.ts'
import { unfence } from './unfence.ts'

/**
 * FENCE: others stop writing to the source, or the caller has said that they have. Returns whether a former attempt
 * has done so already. Where that broke off in between, its fence is lifted and raised anew.
 */
export async function fence(context: RunContext, fencing: Fencing, signal: AbortSignal): Promise<boolean> {
  const { steps, stream } = context.run
  if (isDone(steps, 'FENCE') && (fencing === 'NONE' || stream.fence !== null)) return true
  await inStep(context, 'FENCE', async () => ({
    value: undefined,
    detail:
      fencing === 'NONE'
        ? 'not fenced: the caller has said that nothing writes to the source any more'
        : await raise(context, fencing, signal),
  }))
  return false
}

async function raise(context: RunContext, mode: SourceFence['mode'], signal: AbortSignal): Promise<string> {
  await unfence(context, signal)
  const ended = await writeToSource(
    context,
    'fence',
    (session) => raiseOn(session, context, mode, signal),
    signal,
  )
  const closed = mode === 'READ_ONLY' ? 'read-only' : 'read-only, and closed to others'
  return `the database is ${closed}; ${ended} sessions were ended`
}

/** What leads back is written down before anything is changed. */
async function raiseOn(
  session: Session,
  { runs, lease }: RunContext,
  mode: SourceFence['mode'],
  signal: AbortSignal,
): Promise<number> {
  const planned = await planFence(session, mode)
  const { readAt: since } = await runs.load(lease)
  const { undo, sourceTime } = planned
  await runs.saveStream(lease, { fence: { mode, since, sourceTime, undo, givenUp: null, reported: false } })
  return await raiseFence(session, planned, signal)
}
