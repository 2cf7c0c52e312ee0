/** What becomes of a start whose time has passed while no worker was there. */
export const missedPolicies = ['RUN', 'REPORT'] as const

export type MissedPolicy = (typeof missedPolicies)[number]

/** Later than this is not the time that somebody has chosen any more. */
const missedAfterMs = 5 * 60_000

/**
 * Whether a start was missed. Pure. A start that had been taken up in time, and waits for its next attempt because a
 * server did not answer, is due at that attempt.
 * @param now by the clock of the control database, as the others
 */
export function isMissed(
  due: { readonly startAt: Date; readonly nextAttemptAt: Date | null },
  now: Date,
): boolean {
  const dueMs = Math.max(due.startAt.getTime(), due.nextAttemptAt?.getTime() ?? 0)
  return now.getTime() - dueMs > missedAfterMs
}
