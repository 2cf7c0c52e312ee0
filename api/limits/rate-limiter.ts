import { GodwitError } from '../../engine/index.ts'

export interface Rate {
  readonly operationsPerSecond: number
  readonly operationBurst: number
}

interface Bucket {
  tokens: number
  atMs: number
}

/** A bucket for each key, which fills at a steady rate up to the burst. */
export interface RateLimiter {
  /** Takes one operation. @throws GodwitError RATE_LIMITED */
  take(key: string): void
}

/** @param now a clock that never goes back, in milliseconds */
export function createRateLimiter(rate: Rate, now: () => number = () => performance.now()): RateLimiter {
  const buckets = new Map<string, Bucket>()
  const fillTimeMs = (rate.operationBurst / rate.operationsPerSecond) * 1000

  const forgetFull = (nowMs: number) => {
    for (const [key, { atMs }] of buckets) if (nowMs - atMs >= fillTimeMs) buckets.delete(key)
  }
  return {
    take(key) {
      const nowMs = now()
      if (buckets.size >= 1000) forgetFull(nowMs)
      const { tokens, atMs } = buckets.get(key) ?? { tokens: rate.operationBurst, atMs: nowMs }
      const gained = ((nowMs - atMs) / 1000) * rate.operationsPerSecond
      const filled = Math.min(rate.operationBurst, tokens + gained)
      const left = filled >= 1 ? filled - 1 : filled
      buckets.set(key, { tokens: left, atMs: nowMs })
      if (filled >= 1) return
      throw new GodwitError('RATE_LIMITED', 'This token sends more operations than it may.', {
        remedy: `Send at most ${rate.operationsPerSecond} operations a second; wait a moment now.`,
      })
    },
  }
}
