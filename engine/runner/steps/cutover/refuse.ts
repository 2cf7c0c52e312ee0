import type { GivenUp } from '../../../ports/index.ts'
import type { RunContext } from '../../context.ts'
import { resetCompletion } from '../state.ts'
import { unfence } from './unfence.ts'

/**
 * Gives a completion up: lets writers in again, then leads back to incremental, with the reason as problem. The
 * reason is written down first, and forgotten with the change of status, so that whoever comes after a failure or a
 * crash does the same.
 * @throws GodwitError of a fence that could not be lifted: the migration stays in COMPLETING until it is
 */
export async function refuseCompletion(
  context: RunContext,
  problem: GivenUp,
  signal: AbortSignal,
): Promise<void> {
  const { runs, lease } = context
  const { migration, stream } = await runs.load(lease)
  // Somebody has cancelled meanwhile, which takes the fence away, too.
  if (migration.status !== 'COMPLETING') return
  if (stream.givenUp === null) await runs.saveStream(lease, { givenUp: problem })
  // Before the fence is forgotten: without it a step that is done would mean that the source is still fenced.
  await resetCompletion(runs, lease)
  await unfence(context, signal)
  await runs.report(lease, 'COMPLETION_REFUSED', { problem: stream.givenUp ?? problem })
}
