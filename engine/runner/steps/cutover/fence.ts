import { planFence, raiseFence } from '../../../cutover/index.ts'
import type { Session } from '../../../endpoint/index.ts'
import { isGodwitError } from '../../../errors.ts'
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
  const { run, runs, lease } = context
  const { steps, stream } = run
  if (isDone(steps, 'FENCE') && (fencing === 'NONE' || stream.fence !== null)) return true
  try {
    await inStep(context, 'FENCE', async () => ({
      value: undefined,
      detail:
        fencing === 'NONE'
          ? 'not fenced: the caller has said that nothing writes to the source any more'
          : await raise(context, fencing, signal),
    }))
  } catch (error) {
    // Writers wait for the other one: the pause of this one begins when it can fence the source itself.
    if (isGodwitError(error, 'FENCED_BY_OTHER'))
      await runs.saveStep(lease, { step: 'FENCE', status: 'PENDING' })
    throw error
  }
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

/** Later than every session: none has begun under a fence of which nothing is raised. */
const noSession = 'infinity'

/**
 * What leads back is written down before anything is changed. The place comes before the look at the source: what is
 * seen there may not be the fence of another migration.
 */
async function raiseOn(
  session: Session,
  { runs, lease }: RunContext,
  mode: SourceFence['mode'],
  signal: AbortSignal,
): Promise<number> {
  const { readAt: since } = await runs.load(lease)
  const place = { mode, since, sourceTime: noSession, undo: [], reported: false }
  await runs.recordFence(lease, place)
  const planned = await planFence(session, mode)
  const { undo, sourceTime } = planned
  await runs.recordFence(lease, { ...place, sourceTime, undo })
  return await raiseFence(session, planned, signal)
}
