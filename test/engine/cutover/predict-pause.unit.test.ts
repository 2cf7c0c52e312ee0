import { expect, test } from 'vitest'
import { predictPause, sumParts } from '../../../engine/cutover/index.ts'
import type { CutoverMeasurement, CutoverOptions } from '../../../engine/index.ts'
import { calm } from './measurement.ts'

const options: CutoverOptions = { fencing: 'READ_ONLY', quietMs: 2_000, maxPauseMs: 300_000, compare: true }

function predict(measured: Partial<CutoverMeasurement>, changes: Partial<CutoverOptions> = {}) {
  return predictPause({ ...options, ...changes }, { ...calm, ...measured })
}

test('without a fence writers wait for as long as nothing may arrive', () => {
  expect(predict({}, { fencing: 'NONE', quietMs: 7_000 }).fenceMs).toBe(7_000)
  expect(predict({}).fenceMs).toBeLessThan(1_000)
})

test('each part grows with what it is about, and with nothing else', () => {
  const base = predict({})
  const larger: readonly [keyof typeof base, Partial<CutoverMeasurement>][] = [
    ['drainMs', { lagBytes: 1_000_000_000n }],
    ['alignMs', { sequences: 10_000 }],
    ['alignMs', { materializedViews: 50 }],
    ['compareMs', { tableBytes: 100_000_000_000n }],
    ['compareMs', { tables: 5_000 }],
  ]
  for (const [part, measured] of larger) {
    const found = predict(measured)
    expect(found[part]).toBeGreaterThan(base[part])
    expect({ ...found, [part]: base[part] }).toEqual(base)
  }
})

test('no comparison takes no time', () => {
  expect(predict({ tableBytes: 100_000_000_000n }, { compare: false }).compareMs).toBe(0)
})

test('the pause is the sum of its parts, in whole milliseconds', () => {
  const parts = predict({ sequences: 7, lagBytes: 123_456_789n })
  const { fenceMs, drainMs, alignMs, compareMs } = parts
  expect(sumParts(parts)).toBe(fenceMs + drainMs + alignMs + compareMs)
  expect(Object.values(parts).every(Number.isInteger)).toBe(true)
})
