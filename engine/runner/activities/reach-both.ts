import { connect } from '../../endpoint/index.ts'
import { isGodwitError } from '../../errors.ts'
import type { RunContext } from '../context.ts'

/**
 * Verify reports a server that does not answer as a failed check, because a person waits for the report. Nobody waits
 * for the one before a scheduled start: there, what may pass by itself is tried again.
 * @throws GodwitError what may go away by itself; the rest is for verify to report
 */
export async function reachBoth(
  { run, source, target }: Pick<RunContext, 'run' | 'source' | 'target'>,
  signal: AbortSignal,
): Promise<void> {
  for (const settings of [source, target]) {
    try {
      const session = await connect(settings, { purpose: `${run.migration.shortId} start` }, signal)
      await session[Symbol.asyncDispose]()
    } catch (error) {
      if (!isGodwitError(error) || error.retryable) throw error
    }
  }
}
