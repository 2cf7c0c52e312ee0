import { GodwitError } from '../../../errors.ts'
import type { MigrationRun } from '../../../ports/index.ts'
import type { RunContext } from '../../context.ts'
import { hasBegun } from '../state.ts'

/** When writers began to wait: by the control database's clock, kept over attempts. Null before. */
function pauseBegan({ steps }: MigrationRun): Date | null {
  const first = steps.find(({ step }) => (step === 'FENCE' || step === 'ALIGN') && hasBegun(steps, step))
  return first?.startedAt ?? null
}

/** How long writers have been waiting when the run was loaded. */
export function pauseMsOf(run: MigrationRun): number {
  const began = pauseBegan(run)
  return began === null ? 0 : Math.max(run.readAt.getTime() - began.getTime(), 0)
}

/** That writers have waited for longer than was asked for when the run was loaded; null when they have not. */
export function findTooLong(run: MigrationRun, last: Error): GodwitError | null {
  const maxPauseMs = run.cutover?.options.maxPauseMs
  return maxPauseMs === undefined || pauseMsOf(run) < maxPauseMs ? null : tooLong(maxPauseMs, last)
}

/** A timer of Node that is set for longer fires at once. */
const longestTimerMs = 2 ** 31 - 1

/**
 * Runs what writers wait for, which has begun, within the longest pause that was asked for, former attempts counted.
 * @throws GodwitError PAUSE_TOO_LONG
 */
export async function withinPause<T>(
  context: RunContext,
  work: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const { runs, lease } = context
  const run = await runs.load(lease)
  const maxPauseMs = run.cutover?.options.maxPauseMs
  if (maxPauseMs === undefined) return await work(signal)
  const leftMs = maxPauseMs - pauseMsOf(run)
  const over = () => tooLong(maxPauseMs, run.migration.problem)
  if (leftMs <= 0) throw over()
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(over()), Math.min(leftMs, longestTimerMs))
  try {
    return await work(AbortSignal.any([signal, late.signal]))
  } catch (error) {
    signal.throwIfAborted()
    // Whatever the end of the sessions led to.
    if (late.signal.aborted && !isOfWrites(error)) throw late.signal.reason
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** That is more exact about why it took so long. */
function isOfWrites(error: unknown): boolean {
  return error instanceof GodwitError && error.code === 'WRITES_NOT_STOPPED'
}

function tooLong(maxPauseMs: number, last: { readonly message: string } | null): GodwitError {
  const why = last === null ? '' : ` The last failure was: ${last.message}`
  return new GodwitError(
    'PAUSE_TOO_LONG',
    `Writers have waited for the longest pause that was asked for, ${maxPauseMs / 1000} s.${why}`,
  )
}
