import { describeUndo, liftFence } from '../../../cutover/index.ts'
import { toSessionError } from '../../../endpoint/index.ts'
import type { SourceFence } from '../../../ports/index.ts'
import type { RunContext } from '../../context.ts'
import { writeToSource } from '../../ownership.ts'

/** Long enough for a source that is busy; one that does not answer at all is tried again. */
const liftTimeoutMs = 30_000

/**
 * Takes away what fences the source, if anything does, and forgets it. When that fails, people are told once, with
 * the statements that they can run themselves.
 * @throws GodwitError ENDPOINT_…, CONNECTION_LOST, PERMISSION_DENIED, LEASE_LOST, …
 */
export async function unfence(context: RunContext, signal: AbortSignal): Promise<void> {
  const { lease, runs } = context
  const { fence } = (await runs.load(lease)).stream
  if (fence === null) return
  // Only its place was taken: nothing has been raised.
  if (fence.undo.length === 0) return await runs.saveStream(lease, { fence: null })
  try {
    await lift(context, fence, AbortSignal.any([signal, AbortSignal.timeout(liftTimeoutMs)]))
  } catch (error) {
    signal.throwIfAborted()
    await tellOnce(context, fence, error)
    throw error
  }
  await runs.saveStream(lease, { fence: null })
  await runs.appendEvent(lease, {
    type: 'SOURCE_UNFENCED',
    message: 'The source is as it was before it was fenced.',
    payload: { mode: fence.mode },
  })
}

async function lift(context: RunContext, fence: SourceFence, signal: AbortSignal): Promise<void> {
  await writeToSource(context, 'unfence', (session) => liftFence(session, fence, signal), signal)
}

async function tellOnce({ runs, lease }: RunContext, fence: SourceFence, error: unknown): Promise<void> {
  if (fence.reported) return
  const { message: why } = toSessionError(error, 'Taking the fence away from the source')
  await runs.saveStream(lease, { fence: { ...fence, reported: true } })
  await runs.appendEvent(lease, {
    type: 'SOURCE_FENCED',
    message: `The source is still fenced, and the fence could not be taken away (${why}). Godwit tries on; by hand: ${describeUndo(fence)}`,
    payload: { mode: fence.mode, statements: fence.undo },
  })
}
