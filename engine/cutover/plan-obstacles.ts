import { GodwitError } from '../errors.ts'
import type { CutoverPlan, Migration } from '../ports/index.ts'
import { describeCutoverWindow, windowAt } from '../schedule/index.ts'
import { describeMissing, missingApprovals } from './approvals.ts'

/** Something that keeps a plan from being executed now, though it holds. */
export interface PlanObstacle {
  readonly error: GodwitError
  /** When it passes by itself; null when it does not. */
  readonly until: Date | null
}

/**
 * What an open plan waits for; nothing for one that is not open. Break-glass passes all of it. Pure.
 * @param now by the clock of the control database
 */
export function findPlanObstacles(
  plan: CutoverPlan,
  migration: Pick<Migration, 'shortId' | 'cutoverWindow'>,
  now: Date,
): readonly PlanObstacle[] {
  if (plan.status !== 'PENDING' && plan.status !== 'APPROVED') return []
  const closed = findClosedWindow(migration, now)
  return [
    ...(missingApprovals(plan).length === 0 ? [] : [{ error: notApproved(plan), until: null }]),
    ...(closed === null ? [] : [inTime(closed, plan)]),
  ]
}

/** The error of a plan that is executed before its rules are met. */
export function notApproved(plan: CutoverPlan): GodwitError {
  return new GodwitError('PLAN_NOT_APPROVED', `The plan lacks approvals: ${describeMissing(plan)}.`)
}

/** That a migration may not be completed at this time; null when it may. Pure. */
export function findClosedWindow(
  { shortId, cutoverWindow }: Pick<Migration, 'shortId' | 'cutoverWindow'>,
  now: Date,
): PlanObstacle | null {
  if (cutoverWindow === null) return null
  const { current, next } = windowAt(cutoverWindow.window, now)
  if (current !== null) return null
  const until = next?.opensAt ?? null
  const error = new GodwitError(
    'CUTOVER_WINDOW_CLOSED',
    `The cutover of ${shortId} may happen ${describeCutoverWindow(cutoverWindow.window)}; that is not now.`,
    {
      retryable: until !== null,
      remedy:
        until === null
          ? 'Set another window, or take it away.'
          : `Wait until ${until.toISOString()}, when it opens, or set another window.`,
    },
  )
  return { error, until }
}

/** A plan that expires while it waits helps nobody. */
function inTime(closed: PlanObstacle, { expiresAt }: CutoverPlan): PlanObstacle {
  const { error, until } = closed
  if (until === null || until < expiresAt) return closed
  const { code, message, retryable } = error
  const remedy = `Plan again with a longer expiresIn: it opens at ${until.toISOString()}, and the plan expires at ${expiresAt.toISOString()}. Or set another window.`
  return { error: new GodwitError(code, message, { retryable, remedy }), until: null }
}
