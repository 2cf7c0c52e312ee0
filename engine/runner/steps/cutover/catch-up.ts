import type { Waypoints } from '../../../apply/index.ts'
import { markDrainPosition } from '../../../replication/index.ts'
import type { RunContext } from '../../context.ts'
import { writeToSource } from '../../ownership.ts'

/** A round that takes less leaves moments of changes behind, and most of it goes into opening a session. */
const shortRoundMs = 200
const maxRounds = 5

/**
 * Waits until the target is close behind the source, so that the drain behind the fence, for which writers wait, has
 * only moments of changes. Whatever is still left then is drained all the same.
 */
export async function catchUp(context: RunContext, waypoints: Waypoints, signal: AbortSignal): Promise<void> {
  for (let round = 1; round <= maxRounds; round++) {
    const beganMs = performance.now()
    const position = await writeToSource(context, 'catch up', markDrainPosition, signal)
    await waypoints.reach(position, signal)
    if (performance.now() - beganMs < shortRoundMs) return
  }
}
