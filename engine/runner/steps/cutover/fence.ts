import { findGaps, planFence, raiseFence } from '../../../cutover/index.ts'
import type { Session } from '../../../endpoint/index.ts'
import { isGodwitError } from '../../../errors.ts'
import type { Fencing, MigrationRun, SourceFence } from '../../../ports/index.ts'
import type { RunContext } from '../../context.ts'
import { writeToSource } from '../../ownership.ts'
import { inStep, isDone } from '../state.ts'
import { unfence } from './unfence.ts'

/** Whether anything of a fence may have been raised: more than its place was taken. */
export function mayBeFenced({ stream }: Pick<MigrationRun, 'stream'>): boolean {
  return stream.fence !== null && stream.fence.undo.length > 0
}

/**
 * Takes the place of the fence, so that no other migration of the same source fences it meanwhile. Asked for before
 * writers notice anything, and before the source is burdened with catching up.
 * @throws GodwitError FENCED_BY_OTHER
 */
export async function takePlace(
  { runs, lease }: RunContext,
  mode: SourceFence['mode'],
): Promise<SourceFence> {
  const { readAt: since } = await runs.load(lease)
  const place = { mode, since, sourceTime: noSession, undo: [], reported: false }
  await runs.recordFence(lease, place)
  return place
}

/**
 * FENCE: others stop writing to the source, or the caller has said that they have. Returns whether a former attempt
 * has done so already, and its fence still stands. Where that broke off in between, or somebody has opened the fence,
 * it is lifted and raised anew.
 */
export async function fence(context: RunContext, fencing: Fencing, signal: AbortSignal): Promise<boolean> {
  const { run, runs, lease } = context
  const { steps, stream } = run
  if (isDone(steps, 'FENCE') && (fencing === 'NONE' || (await stands(context, stream.fence, signal))))
    return true
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

async function stands(context: RunContext, fence: SourceFence | null, signal: AbortSignal): Promise<boolean> {
  if (fence === null) return false
  const gaps = await writeToSource(context, 'fence', (session) => findGaps(session, fence.mode), signal)
  if (gaps.length > 0) context.log.warn({ gaps }, 'somebody has opened the fence: it is raised anew')
  return gaps.length === 0
}

async function raise(context: RunContext, mode: SourceFence['mode'], signal: AbortSignal): Promise<string> {
  if (mayBeFenced(context.run)) await unfence(context, signal)
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
  context: RunContext,
  mode: SourceFence['mode'],
  signal: AbortSignal,
): Promise<number> {
  const { runs, lease } = context
  const place = await takePlace(context, mode)
  const planned = await planFence(session, mode)
  const { undo, sourceTime } = planned
  await runs.recordFence(lease, { ...place, sourceTime, undo })
  return await raiseFence(session, planned, signal)
}
