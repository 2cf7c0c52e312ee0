import { GodwitError } from '../errors.ts'
import { actions, type Action, type Report, type Status } from './status.ts'
import type { Step, StepStatus } from './steps.ts'

/** A pair that is refused, with the reason that the caller reads. */
interface Refusal {
  readonly refused: string
}

type Outcome = Status | Refusal

const refuse = (refused: string): Refusal => ({ refused })

const ended = refuse('the migration has ended')
const notVerified = refuse('verify has not passed yet')
const busy = refuse('the migration is being verified')
const running = refuse('the migration is running')
const notRunning = refuse('the migration is not running')
const started = refuse('the migration has started already')
const leaving = refuse('the migration is being cancelled')
const completing = refuse('the migration is being completed')
const notScheduled = refuse('the migration is not scheduled')
const notPaused = refuse('the migration is not paused')
const notFailed = refuse('the migration has not failed')
const unexpected = refuse('the owner of the migration may not report this in its status')

/**
 * The whole life of a migration: what each action or report leads to in each status. A missing pair does not
 * compile. SPEC.md beside this file says why each is as it is.
 */
const transitions: Record<Status, Record<Action | Report, Outcome>> = {
  DRAFT: {
    VERIFY: 'VERIFYING',
    SCHEDULE: notVerified,
    UNSCHEDULE: notScheduled,
    EDIT: 'DRAFT',
    START: notVerified,
    PAUSE: notRunning,
    RESUME: notPaused,
    RETRY: notFailed,
    COMPLETE: notRunning,
    CANCEL: 'CANCELLED',
    VERIFY_PASSED: unexpected,
    VERIFY_REFUSED: unexpected,
    START_DUE: unexpected,
    START_REFUSED: unexpected,
    BEGUN: unexpected,
    COPY_FINISHED: unexpected,
    COMPLETION_REFUSED: unexpected,
    FINISHED: unexpected,
    CLEANED_UP: unexpected,
    FAILED: unexpected,
  },
  VERIFYING: {
    VERIFY: busy,
    SCHEDULE: busy,
    UNSCHEDULE: notScheduled,
    EDIT: busy,
    START: busy,
    PAUSE: busy,
    RESUME: busy,
    RETRY: busy,
    COMPLETE: busy,
    CANCEL: 'CANCELLING',
    VERIFY_PASSED: 'READY',
    VERIFY_REFUSED: 'VERIFY_FAILED',
    START_DUE: unexpected,
    START_REFUSED: unexpected,
    BEGUN: unexpected,
    COPY_FINISHED: unexpected,
    COMPLETION_REFUSED: unexpected,
    FINISHED: unexpected,
    CLEANED_UP: unexpected,
    FAILED: 'VERIFY_FAILED',
  },
  VERIFY_FAILED: {
    VERIFY: 'VERIFYING',
    SCHEDULE: notVerified,
    UNSCHEDULE: notScheduled,
    EDIT: 'DRAFT',
    START: notVerified,
    PAUSE: notRunning,
    RESUME: notPaused,
    RETRY: refuse('verify has failed: mend what it names, then verify again'),
    COMPLETE: notRunning,
    CANCEL: 'CANCELLED',
    VERIFY_PASSED: unexpected,
    VERIFY_REFUSED: unexpected,
    START_DUE: unexpected,
    START_REFUSED: unexpected,
    BEGUN: unexpected,
    COPY_FINISHED: unexpected,
    COMPLETION_REFUSED: unexpected,
    FINISHED: unexpected,
    CLEANED_UP: unexpected,
    FAILED: unexpected,
  },
  READY: {
    VERIFY: 'VERIFYING',
    SCHEDULE: 'SCHEDULED',
    UNSCHEDULE: notScheduled,
    EDIT: 'DRAFT',
    START: 'QUEUED',
    PAUSE: notRunning,
    RESUME: notPaused,
    RETRY: notFailed,
    COMPLETE: notRunning,
    CANCEL: 'CANCELLED',
    VERIFY_PASSED: unexpected,
    VERIFY_REFUSED: unexpected,
    START_DUE: unexpected,
    START_REFUSED: unexpected,
    BEGUN: unexpected,
    COPY_FINISHED: unexpected,
    COMPLETION_REFUSED: unexpected,
    FINISHED: unexpected,
    CLEANED_UP: unexpected,
    FAILED: unexpected,
  },
  SCHEDULED: {
    VERIFY: refuse('the migration is scheduled, and verified again before its start: unschedule it first'),
    SCHEDULE: 'SCHEDULED',
    UNSCHEDULE: 'READY',
    EDIT: 'DRAFT',
    START: 'QUEUED',
    PAUSE: notRunning,
    RESUME: notPaused,
    RETRY: notFailed,
    COMPLETE: notRunning,
    CANCEL: 'CANCELLING',
    VERIFY_PASSED: unexpected,
    VERIFY_REFUSED: 'VERIFY_FAILED',
    START_DUE: 'QUEUED',
    START_REFUSED: 'READY',
    BEGUN: unexpected,
    COPY_FINISHED: unexpected,
    COMPLETION_REFUSED: unexpected,
    FINISHED: unexpected,
    CLEANED_UP: unexpected,
    FAILED: 'VERIFY_FAILED',
  },
  QUEUED: {
    VERIFY: started,
    SCHEDULE: started,
    UNSCHEDULE: notScheduled,
    EDIT: started,
    START: started,
    PAUSE: 'PAUSED',
    RESUME: notPaused,
    RETRY: notFailed,
    COMPLETE: notRunning,
    CANCEL: 'CANCELLING',
    VERIFY_PASSED: unexpected,
    VERIFY_REFUSED: unexpected,
    START_DUE: unexpected,
    START_REFUSED: unexpected,
    BEGUN: 'RUNNING',
    COPY_FINISHED: unexpected,
    COMPLETION_REFUSED: unexpected,
    FINISHED: unexpected,
    CLEANED_UP: unexpected,
    FAILED: 'FAILED',
  },
  RUNNING: {
    VERIFY: running,
    SCHEDULE: started,
    UNSCHEDULE: notScheduled,
    EDIT: started,
    START: started,
    PAUSE: 'PAUSED',
    RESUME: notPaused,
    RETRY: notFailed,
    COMPLETE: 'COMPLETING',
    CANCEL: 'CANCELLING',
    VERIFY_PASSED: unexpected,
    VERIFY_REFUSED: unexpected,
    START_DUE: unexpected,
    START_REFUSED: unexpected,
    BEGUN: unexpected,
    COPY_FINISHED: 'COMPLETING',
    COMPLETION_REFUSED: unexpected,
    FINISHED: unexpected,
    CLEANED_UP: unexpected,
    FAILED: 'FAILED',
  },
  PAUSED: {
    VERIFY: started,
    SCHEDULE: started,
    UNSCHEDULE: notScheduled,
    EDIT: started,
    START: started,
    PAUSE: refuse('the migration is paused already'),
    RESUME: 'QUEUED',
    RETRY: notFailed,
    COMPLETE: refuse('the migration is paused: resume it first'),
    CANCEL: 'CANCELLING',
    VERIFY_PASSED: unexpected,
    VERIFY_REFUSED: unexpected,
    START_DUE: unexpected,
    START_REFUSED: unexpected,
    BEGUN: unexpected,
    COPY_FINISHED: unexpected,
    COMPLETION_REFUSED: unexpected,
    FINISHED: unexpected,
    CLEANED_UP: unexpected,
    FAILED: unexpected,
  },
  COMPLETING: {
    VERIFY: completing,
    SCHEDULE: started,
    UNSCHEDULE: notScheduled,
    EDIT: started,
    START: started,
    PAUSE: completing,
    RESUME: notPaused,
    RETRY: notFailed,
    COMPLETE: completing,
    CANCEL: 'CANCELLING',
    VERIFY_PASSED: unexpected,
    VERIFY_REFUSED: unexpected,
    START_DUE: unexpected,
    START_REFUSED: unexpected,
    BEGUN: unexpected,
    COPY_FINISHED: unexpected,
    COMPLETION_REFUSED: 'RUNNING',
    FINISHED: 'COMPLETED',
    CLEANED_UP: unexpected,
    FAILED: 'FAILED',
  },
  COMPLETED: {
    VERIFY: ended,
    SCHEDULE: ended,
    UNSCHEDULE: ended,
    EDIT: ended,
    START: ended,
    PAUSE: ended,
    RESUME: ended,
    RETRY: ended,
    COMPLETE: ended,
    CANCEL: ended,
    VERIFY_PASSED: unexpected,
    VERIFY_REFUSED: unexpected,
    START_DUE: unexpected,
    START_REFUSED: unexpected,
    BEGUN: unexpected,
    COPY_FINISHED: unexpected,
    COMPLETION_REFUSED: unexpected,
    FINISHED: unexpected,
    CLEANED_UP: unexpected,
    FAILED: unexpected,
  },
  FAILED: {
    VERIFY: started,
    SCHEDULE: started,
    UNSCHEDULE: notScheduled,
    EDIT: started,
    START: started,
    PAUSE: notRunning,
    RESUME: refuse('the migration has failed: retry it'),
    RETRY: 'QUEUED',
    COMPLETE: notRunning,
    CANCEL: 'CANCELLING',
    VERIFY_PASSED: unexpected,
    VERIFY_REFUSED: unexpected,
    START_DUE: unexpected,
    START_REFUSED: unexpected,
    BEGUN: unexpected,
    COPY_FINISHED: unexpected,
    COMPLETION_REFUSED: unexpected,
    FINISHED: unexpected,
    CLEANED_UP: unexpected,
    FAILED: unexpected,
  },
  CANCELLING: {
    VERIFY: leaving,
    SCHEDULE: leaving,
    UNSCHEDULE: leaving,
    EDIT: leaving,
    START: leaving,
    PAUSE: leaving,
    RESUME: leaving,
    RETRY: leaving,
    COMPLETE: leaving,
    CANCEL: leaving,
    VERIFY_PASSED: unexpected,
    VERIFY_REFUSED: unexpected,
    START_DUE: unexpected,
    START_REFUSED: unexpected,
    BEGUN: unexpected,
    COPY_FINISHED: unexpected,
    COMPLETION_REFUSED: unexpected,
    FINISHED: unexpected,
    CLEANED_UP: 'CANCELLED',
    FAILED: unexpected,
  },
  CANCELLED: {
    VERIFY: ended,
    SCHEDULE: ended,
    UNSCHEDULE: ended,
    EDIT: ended,
    START: ended,
    PAUSE: ended,
    RESUME: ended,
    RETRY: ended,
    COMPLETE: ended,
    CANCEL: ended,
    VERIFY_PASSED: unexpected,
    VERIFY_REFUSED: unexpected,
    START_DUE: unexpected,
    START_REFUSED: unexpected,
    BEGUN: unexpected,
    COPY_FINISHED: unexpected,
    COMPLETION_REFUSED: unexpected,
    FINISHED: unexpected,
    CLEANED_UP: unexpected,
    FAILED: unexpected,
  },
}

/**
 * The status that `trigger` leads to. Pure.
 * @throws GodwitError ILLEGAL_ACTION, naming the reason and what is possible instead.
 */
export function nextStatus(status: Status, trigger: Action | Report): Status {
  const outcome = transitions[status][trigger]
  if (typeof outcome === 'string') return outcome
  const possible = legalActions(status)
  throw new GodwitError(
    'ILLEGAL_ACTION',
    `${trigger} is not possible in status ${status}: ${outcome.refused}.`,
    {
      remedy:
        possible.length === 0
          ? 'Nothing more can be done with this migration; create a new one.'
          : `Possible now: ${possible.join(', ')}.`,
    },
  )
}

/** The actions that the table allows in a status. */
export function legalActions(status: Status): readonly Action[] {
  return actions.filter((action) => typeof transitions[status][action] === 'string')
}

/** What a migration's actions depend on beyond its status. */
export interface Situation {
  readonly status: Status
  /** The step INCREMENTAL is running: every row is on the target, only changes are missing. */
  readonly incremental: boolean
  /** The step RELEASE has begun: the slot may be gone, so there is no way back. */
  readonly releasing: boolean
}

/** The situation of a migration whose steps are known. */
export function situationOf(
  status: Status,
  steps: readonly { readonly step: Step; readonly status: StepStatus }[],
): Situation {
  const statusOf = (step: Step) => steps.find((state) => state.step === step)?.status
  return {
    status,
    incremental: statusOf('INCREMENTAL') === 'RUNNING',
    releasing: statusOf('RELEASE') === 'RUNNING' || statusOf('RELEASE') === 'DONE',
  }
}

/** Why an action that the table allows is not possible all the same; null when it is. */
function findObstacle({ incremental, releasing }: Situation, action: Action): string | null {
  if (action === 'COMPLETE' && !incremental) return 'the step INCREMENTAL is not running'
  if (action === 'CANCEL' && releasing) return 'the target has everything and the source is being released'
  return null
}

/** The actions that are possible now: those of the table, less COMPLETE too early and CANCEL too late. */
export function availableActions(situation: Situation): readonly Action[] {
  return legalActions(situation.status).filter((action) => findObstacle(situation, action) === null)
}

/**
 * The status that a person's action leads to.
 * @throws GodwitError ILLEGAL_ACTION
 */
export function statusAfterAction(situation: Situation, action: Action): Status {
  const next = nextStatus(situation.status, action)
  const obstacle = findObstacle(situation, action)
  if (obstacle === null) return next
  const possible = availableActions(situation)
  throw new GodwitError('ILLEGAL_ACTION', `${action} is not possible now: ${obstacle}.`, {
    remedy: possible.length === 0 ? 'Wait until it has ended.' : `Possible now: ${possible.join(', ')}.`,
  })
}
