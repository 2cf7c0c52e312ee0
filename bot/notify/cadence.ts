/** Since when a migration has been at what it is at. */
export interface Cadence {
  readonly key: string
  readonly sinceMs: number
}

export interface Pace {
  /** Something of it changes all the time. */
  readonly isLive: boolean
  /** Something may change without an event, but not soon. */
  readonly isSlow: boolean
}

const minuteMs = 60_000

/** How long a card may stay as it is while nothing happens: what has gone on for long is looked at less often. */
export function nextUpdateMs({ sinceMs }: Cadence, { isLive, isSlow }: Pace, nowMs: number): number {
  if (!isLive) return isSlow ? minuteMs : Infinity
  const ageMs = nowMs - sinceMs
  if (ageMs < minuteMs) return 5_000
  return ageMs < 10 * minuteMs ? 15_000 : minuteMs
}
