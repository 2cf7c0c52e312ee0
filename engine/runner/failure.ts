import type { Logger } from 'pino'
import { toSessionError } from '../endpoint/index.ts'
import { GodwitError, isGodwitError } from '../errors.ts'
import { retryDelayMs, type ActiveStatus } from '../lifecycle/index.ts'
import type { Lease, MigrationRun, Problem, RunStore, StepState } from '../ports/index.ts'
import type { RunContext, WorkerOptions } from './context.ts'
import { findTooLong } from './steps/cutover/pause.ts'
import { refuseCompletion } from './steps/cutover/refuse.ts'
import { hasBegun } from './steps/state.ts'

interface FailedActivity {
  readonly run: MigrationRun
  readonly status: ActiveStatus
  readonly lease: Lease
  readonly runs: RunStore
  /** As they are now. */
  readonly steps: () => Promise<readonly StepState[]>
  /** For what has to be taken away on the source at once. */
  readonly openContext: () => Promise<RunContext>
  readonly options: WorkerOptions
  readonly log: Logger
}

/** Writers wait while a completion is tried again. */
const completingDelayMs = 2_000

/** A completion takes minutes, and whoever waits for the fence of another one keeps nobody waiting. */
const otherFenceDelayMs = 10_000

/** An error as it may be shown: what servers say is named, a mistake of ours stays in the log. */
function asGodwitError(error: unknown): GodwitError {
  const named = toSessionError(error, 'Working on the migration')
  if (named.code !== 'INTERNAL') return named
  return new GodwitError('INTERNAL', 'Something unexpected happened; the log of the worker says what.', {
    cause: error,
  })
}

/**
 * Decides what follows a failed activity, and writes it: another attempt later, back to incremental when only the
 * completion failed, or FAILED. A release and a cancel only go forward, whatever fails.
 */
export async function recordFailure(
  failed: FailedActivity,
  thrown: unknown,
  signal: AbortSignal,
): Promise<void> {
  const { run, status, lease, runs, steps, options, log } = failed
  const named = await nameOtherFence(failed, asGodwitError(thrown))
  // Also where an attempt fails before it can look at the time.
  const error = (status === 'COMPLETING' && findTooLong(run, named)) || named
  // What a server sends beside its message may hold values of rows: only what has been named is logged.
  const err = error.code === 'INTERNAL' ? thrown : error
  log.error({ err, code: error.code, retryable: error.retryable }, 'an activity failed')
  const problem: Omit<Problem, 'at'> = { code: error.code, message: error.message, remedy: error.remedy }

  if (error.code === 'FENCED_BY_OTHER' && error.retryable) {
    const waitMs = Math.min(otherFenceDelayMs, options.retryPolicy.maxDelayMs)
    await runs.saveRetry(lease, { error: problem, delayMs: waitMs, waits: true })
    return
  }
  const releasing = status === 'COMPLETING' && hasBegun(await steps(), 'RELEASE')
  const delayMs = nextDelayMs(run, options)
  // A source that stays fenced stops its users, and nobody would come back to it.
  const lifting = status === 'CANCELLING' && (await runs.load(lease)).stream.fence !== null
  if (releasing || lifting) {
    await runs.saveRetry(lease, { error: problem, delayMs: delayMs ?? options.retryPolicy.maxDelayMs })
  } else if (delayMs !== null && (error.retryable || status === 'CANCELLING')) {
    const longestMs = status === 'COMPLETING' && run.migration.kind.incremental ? completingDelayMs : Infinity
    await runs.saveRetry(lease, { error: problem, delayMs: Math.min(delayMs, longestMs) })
  } else if (status === 'CANCELLING') {
    await runs.appendEvent(lease, { type: 'NOTE', message: leftBehind(await runs.load(lease), error) })
    await runs.report(lease, 'CLEANED_UP')
  } else if (status === 'COMPLETING' && run.migration.kind.incremental) {
    await giveUpCompletion(failed, problem, signal)
  } else {
    await runs.report(lease, 'FAILED', { problem })
  }
}

/** Nobody has taken a privilege away for good where another migration lets nobody in for as long as it completes. */
async function nameOtherFence({ runs, lease }: FailedActivity, error: GodwitError): Promise<GodwitError> {
  if (error.code !== 'PERMISSION_DENIED') return error
  const other = await runs.findShuttingOut(lease)
  if (other === null) return error
  const { shortId, name, status } = other
  return new GodwitError(
    'FENCED_BY_OTHER',
    `The migration ${shortId} (${name}, ${status}) lets nobody else connect to the same source database. ${error.message}`,
    { cause: error, retryable: true, remedy: `Wait until ${shortId} has ended; Godwit goes on by itself.` },
  )
}

/** Where the fence cannot be lifted now, the migration stays in COMPLETING and tries on, for users of the source wait. */
async function giveUpCompletion(
  { runs, lease, openContext, log }: FailedActivity,
  problem: Omit<Problem, 'at'>,
  signal: AbortSignal,
): Promise<void> {
  try {
    await refuseCompletion(await openContext(), problem, signal)
  } catch (thrown) {
    if (signal.aborted || isGodwitError(thrown, 'LEASE_LOST')) throw thrown
    // Somebody has cancelled just now.
    if (isGodwitError(thrown, 'ILLEGAL_ACTION')) return
    const { code, message, remedy } = asGodwitError(thrown)
    log.error({ err: thrown, code }, 'the source stays fenced')
    await runs.saveRetry(lease, { error: { code, message, remedy }, delayMs: completingDelayMs })
  }
}

function nextDelayMs(run: MigrationRun, options: WorkerOptions): number | null {
  return retryDelayMs(options.retryPolicy, {
    attempt: run.attempt + 1,
    sinceFirstFailureMs: run.firstFailureAt === null ? 0 : Date.now() - run.firstFailureAt.getTime(),
    jitter: Math.random(),
  })
}

function leftBehind(run: MigrationRun, error: GodwitError): string {
  const { slotName, publicationName } = run.stream
  return (
    `Cancelled, but the servers could not be cleaned up (${error.message}). If they still exist, drop the replication ` +
    `slot ${slotName} and the publication ${publicationName} on the source, and the schema "godwit" on the target.`
  )
}
