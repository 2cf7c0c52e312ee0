import fc from 'fast-check'
import { expect, test } from 'vitest'
import { defaultRetryPolicy, retryDelayMs } from '../../../engine/lifecycle/index.ts'

const failure = (attempt: number) => ({ attempt, sinceFirstFailureMs: 0, jitter: 0 })

test('the delay doubles from the first to the longest', () => {
  const delays = [1, 2, 3, 4].map((attempt) => retryDelayMs(defaultRetryPolicy, failure(attempt)))
  expect(delays).toEqual([500, 1_000, 2_000, 4_000])
  expect(retryDelayMs(defaultRetryPolicy, failure(50))).toBe(60_000)
})

test('it gives up when failures have gone on for too long', () => {
  const late = { attempt: 3, sinceFirstFailureMs: defaultRetryPolicy.giveUpAfterMs, jitter: 0 }
  expect(retryDelayMs(defaultRetryPolicy, late)).toBeNull()
})

test('chance takes off a quarter at most', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempt, jitter) => {
        const full = retryDelayMs(defaultRetryPolicy, failure(attempt)) ?? 0
        const delay = retryDelayMs(defaultRetryPolicy, { attempt, sinceFirstFailureMs: 0, jitter }) ?? 0
        expect(delay).toBeLessThanOrEqual(full)
        expect(delay).toBeGreaterThanOrEqual(Math.floor(full * 0.75))
      },
    ),
  )
})
