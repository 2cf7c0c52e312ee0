import { markDrainPosition } from '../../../replication/index.ts'
import type { RunContext } from '../../context.ts'
import { writeToSource } from '../../ownership.ts'
import { applyChanges } from '../incremental.ts'

/** A round that takes less leaves no more than its own time behind, of which most goes into opening sessions. */
const shortRoundMs = 300
const maxRounds = 3

/**
 * Applies what has come while nothing was applied, so that the drain behind the fence, for which writers wait, has only
 * moments of changes. Whatever is still left then is drained all the same.
 */
export async function catchUp(context: RunContext, signal: AbortSignal): Promise<void> {
  for (let round = 1; round <= maxRounds; round++) {
    const beganMs = performance.now()
    const position = await writeToSource(context, 'catch up', markDrainPosition, signal)
    await applyChanges(context, position, signal)
    if (performance.now() - beganMs < shortRoundMs) return
  }
}
