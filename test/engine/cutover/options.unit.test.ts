import { expect, test } from 'vitest'
import {
  requirePlanLife,
  resolveCutoverOptions,
  type GivenCutoverOptions,
} from '../../../engine/cutover/index.ts'

const everything = { structure: true, fullCopy: true, incremental: true }
const withoutRows = { ...everything, fullCopy: false }

test('what is not said follows from the kind', () => {
  expect(resolveCutoverOptions({ fencing: 'NONE' }, everything)).toEqual({
    fencing: 'NONE',
    quietMs: 2_000,
    maxPauseMs: 300_000,
    compare: true,
  })
  expect(resolveCutoverOptions({ fencing: 'NONE' }, withoutRows).compare).toBe(false)
})

test.each([
  ['quiet', { quietMs: -1 }],
  ['quiet', { quietMs: 600_001 }],
  ['quiet', { quietMs: Number.NaN }],
  ['maxPause', { maxPauseMs: 999 }],
  ['maxPause', { maxPauseMs: 86_400_001 }],
] satisfies [string, Partial<GivenCutoverOptions>][])(
  '%s out of its bounds is refused (%o)',
  (field, given) => {
    expect(() => resolveCutoverOptions({ fencing: 'NONE', ...given }, everything)).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT', field }),
    )
  },
)

test('a comparison that is bound to differ is refused', () => {
  expect(() => resolveCutoverOptions({ fencing: 'NONE', compare: true }, withoutRows)).toThrow(
    expect.objectContaining({ code: 'BAD_INPUT', field: 'compare' }),
  )
})

test('a plan lives from a minute to a week', () => {
  expect(() => requirePlanLife(60_000)).not.toThrow()
  expect(() => requirePlanLife(7 * 86_400_000)).not.toThrow()
  for (const life of [59_999, 7 * 86_400_000 + 1]) {
    expect(() => requirePlanLife(life)).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT', field: 'expiresIn' }),
    )
  }
})
