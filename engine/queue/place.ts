/**
 * What a migration has of the places in which rows are copied and indexes built, or wants of them:
 *
 * - `HELD`: it has one for its target and one of all.
 * - `SUSPENDED`: it waits for its next attempt; only its target is still kept for it, so that others get on.
 * - `RETURNING`: its next attempt is due; its target was kept, a place of all it needs again.
 * - `WANTED`: started, resumed or retried; it needs both.
 * - `WANTED_LATER`: the same, but it could not be begun and waits for its next attempt.
 * - `NOT_NEEDED`: queued, but everything is copied: it only has to follow changes again.
 * - `NONE`: it follows changes.
 */
export type QueuePlace =
  'HELD' | 'SUSPENDED' | 'RETURNING' | 'WANTED' | 'WANTED_LATER' | 'NOT_NEEDED' | 'NONE'

/** What is known of a migration that is queued, runs or completes. */
export interface PlaceFacts {
  readonly queued: boolean
  /** A worker has the lease. */
  readonly owned: boolean
  /** The worker got the lease when it was this migration's turn; of a queued one. */
  readonly admitted: boolean
  /** Whether there is a next attempt after a failure, and whether its time has come. */
  readonly nextAttempt: 'NONE' | 'LATER' | 'DUE'
  /** The step INCREMENTAL has begun. */
  readonly following: boolean
}

/** Pure. */
export function placeOf({ queued, owned, admitted, nextAttempt, following }: PlaceFacts): QueuePlace {
  const begins = queued && owned && admitted
  if (following) return queued && !begins ? 'NOT_NEEDED' : 'NONE'
  if (begins) return 'HELD'
  if (queued) return nextAttempt === 'LATER' ? 'WANTED_LATER' : 'WANTED'
  if (nextAttempt === 'LATER') return 'SUSPENDED'
  return nextAttempt === 'DUE' && !owned ? 'RETURNING' : 'HELD'
}
