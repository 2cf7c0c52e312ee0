/** How a failed attempt is repeated by itself. */
export interface RetryPolicy {
  readonly firstDelayMs: number
  readonly maxDelayMs: number
  /** From the first failure in a row on; afterwards the migration is FAILED and waits for a person. */
  readonly giveUpAfterMs: number
}

/** Managed services give up after about half a day; the source keeps its WAL for that long. */
export const defaultRetryPolicy: RetryPolicy = {
  firstDelayMs: 500,
  maxDelayMs: 60_000,
  giveUpAfterMs: 12 * 3_600_000,
}

/**
 * How long to wait before attempt `attempt` (the first repetition is 1), or null to give up. Exponential, with
 * `jitter` (0 to 1, drawn by the caller) taking off up to a quarter so that many migrations do not return at once.
 */
export function retryDelayMs(
  policy: RetryPolicy,
  failure: { readonly attempt: number; readonly sinceFirstFailureMs: number; readonly jitter: number },
): number | null {
  if (failure.sinceFirstFailureMs >= policy.giveUpAfterMs) return null
  const exponential = policy.firstDelayMs * 2 ** Math.min(failure.attempt - 1, 30)
  return Math.round(Math.min(exponential, policy.maxDelayMs) * (1 - failure.jitter / 4))
}
