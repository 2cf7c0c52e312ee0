import { expect, test } from 'vitest'
import { isMissed } from '../../../engine/index.ts'

const minuteMs = 60_000
const noon = new Date('2026-01-01T12:00:00Z')
const afterNoon = (minutes: number) => new Date(noon.getTime() + minutes * minuteMs)

test('a start is missed when it is looked at more than five minutes late', () => {
  const due = { startAt: noon, nextAttemptAt: null }
  expect(isMissed(due, noon)).toBe(false)
  expect(isMissed(due, afterNoon(5))).toBe(false)
  expect(isMissed(due, new Date(afterNoon(5).getTime() + 1))).toBe(true)
})

test('a start that is being tried again is due at its next attempt', () => {
  const due = { startAt: noon, nextAttemptAt: afterNoon(30) }
  expect(isMissed(due, afterNoon(35))).toBe(false)
  expect(isMissed(due, afterNoon(36))).toBe(true)
})
