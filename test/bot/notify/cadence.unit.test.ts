import { expect, test } from 'vitest'
import { nextUpdateMs } from '../../../bot/notify/cadence.ts'

const sinceMs = 1_000_000
const minuteMs = 60_000
const live = { isLive: true, isSlow: false }

test.each([
  ['right after something has changed', 0, 5_000],
  ['at the end of the first minute', minuteMs - 1, 5_000],
  ['after a minute', minuteMs, 15_000],
  ['at the end of the tenth minute', 10 * minuteMs - 1, 15_000],
  ['after ten minutes', 10 * minuteMs, minuteMs],
  ['after a day', 24 * 60 * minuteMs, minuteMs],
])(
  'a migration that is under way is looked at more seldom the longer it is at the same: %s',
  (_when, ageMs, expected) => {
    expect(nextUpdateMs({ key: 'RUNNING', sinceMs }, live, sinceMs + ageMs)).toBe(expected)
  },
)

test('one that waits is looked at each minute, and one of which nothing can change without an event never', () => {
  const cadence = { key: 'PAUSED', sinceMs }
  expect(nextUpdateMs(cadence, { isLive: false, isSlow: true }, sinceMs)).toBe(minuteMs)
  expect(nextUpdateMs(cadence, { isLive: false, isSlow: false }, sinceMs)).toBe(Infinity)
})
