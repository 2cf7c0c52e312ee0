import { GodwitError } from '../errors.ts'
import type { Action, Status } from './status.ts'
import type { Step, StepStatus } from './steps.ts'
import { legalActions, nextStatus } from './transitions.ts'

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
