import { describeUndo } from '../../../cutover/index.ts'
import type { Lease, RunStore } from '../../../ports/index.ts'
import { hasBegun } from '../state.ts'

/**
 * Tells people when a worker that stops leaves the source fenced: the next one goes on, but nobody knows whether there
 * is one. Not once RELEASE has begun, for from then on the fence is to stay.
 */
export async function tellOfFenceLeft(
  runs: Pick<RunStore, 'load' | 'appendEvent'>,
  lease: Lease,
): Promise<void> {
  const { migration, stream, steps } = await runs.load(lease)
  const { fence } = stream
  if (fence === null || fence.undo.length === 0) return
  const { status } = migration
  if (status !== 'CANCELLING' && (status !== 'COMPLETING' || hasBegun(steps, 'RELEASE'))) return
  await runs.appendEvent(lease, {
    type: 'SOURCE_FENCED',
    message:
      `The worker ${lease.owner} stops while the source is fenced (${fence.mode}). The next worker goes on; until ` +
      `then nobody can write to the source. By hand, where none is to come: ${describeUndo(fence)}; one that comes later fences it again, so cancel the migration, too.`,
    payload: { mode: fence.mode, statements: fence.undo },
  })
}
