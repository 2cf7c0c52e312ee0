import type { Logger } from 'pino'
import { toSessionError } from '../endpoint/index.ts'
import { GodwitError } from '../errors.ts'
import { retryDelayMs, type ActiveStatus } from '../lifecycle/index.ts'
import type { Lease, MigrationRun, Problem, RunStore, StepState } from '../ports/index.ts'
import type { WorkerOptions } from './context.ts'
import { hasBegun, resetCompletion } from './steps/state.ts'

interface FailedActivity {
  readonly run: MigrationRun
  readonly status: ActiveStatus
  readonly lease: Lease
  readonly runs: RunStore
  /** As they are now. */
  readonly steps: () => Promise<readonly StepState[]>
  readonly options: WorkerOptions
  readonly log: Logger
}

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
export async function recordFailure(failed: FailedActivity, thrown: unknown): Promise<void> {
  const { run, status, lease, runs, steps, options, log } = failed
  const error = asGodwitError(thrown)
  // What a server sends beside its message may hold values of rows: only what has been named is logged.
  const err = error.code === 'INTERNAL' ? thrown : error
  log.error({ err, code: error.code, retryable: error.retryable }, 'an activity failed')
  const problem: Omit<Problem, 'at'> = { code: error.code, message: error.message, remedy: error.remedy }

  const releasing = status === 'COMPLETING' && hasBegun(await steps(), 'RELEASE')
  const delayMs = nextDelayMs(run, options)
  if (releasing) {
    await runs.saveRetry(lease, { error: problem, delayMs: delayMs ?? options.retryPolicy.maxDelayMs })
  } else if (delayMs !== null && (error.retryable || status === 'CANCELLING')) {
    await runs.saveRetry(lease, { error: problem, delayMs })
  } else if (status === 'CANCELLING') {
    await runs.appendEvent(lease, { type: 'NOTE', message: leftBehind(run, error) })
    await runs.report(lease, 'CLEANED_UP')
  } else if (status === 'COMPLETING' && run.migration.kind.incremental) {
    await resetCompletion(runs, lease)
    await runs.report(lease, 'COMPLETION_REFUSED', { problem })
  } else {
    await runs.report(lease, 'FAILED', { problem })
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
