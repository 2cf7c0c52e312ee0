import fc from 'fast-check'
import { expect, test } from 'vitest'
import { advanceSequence, type SequenceState } from '../../../engine/cutover/advance-sequence.ts'

const ascending: SequenceState = {
  lastValue: 7n,
  isCalled: true,
  increment: 1n,
  min: 1n,
  max: 100n,
  cycles: false,
}
const descending: SequenceState = { ...ascending, lastValue: -7n, increment: -2n, min: -100n, max: -1n }

test('goes as many values further as the margin says', () => {
  expect(advanceSequence({ ...ascending, increment: 5n }, 3n)).toBe(22n)
})

test('goes down where the sequence does', () => {
  expect(advanceSequence(descending, 3n)).toBe(-13n)
})

test('leaves a sequence that was never used as it is', () => {
  expect(advanceSequence({ ...ascending, isCalled: false }, 3n)).toBe(7n)
})

test('stops at the last value before the end', () => {
  expect(advanceSequence({ ...ascending, lastValue: 96n, increment: 3n }, 5n)).toBe(99n)
})

test('goes around where the sequence does', () => {
  expect(advanceSequence({ ...ascending, lastValue: 99n, cycles: true }, 3n)).toBe(2n)
})

test('keeps the ends of bigint', () => {
  const max = 9_223_372_036_854_775_807n
  expect(advanceSequence({ ...ascending, lastValue: max - 1n, max }, 1000n)).toBe(max)
})

/** What the server does: one value after another. */
function callNextval(state: SequenceState, calls: bigint): bigint {
  let value = state.lastValue
  for (let call = 0n; call < calls; call += 1n) {
    const next = value + state.increment
    if (next >= state.min && next <= state.max) value = next
    else if (state.cycles) value = state.increment > 0n ? state.min : state.max
  }
  return value
}

test('is where as many calls of nextval lead', () => {
  const states = fc
    .record({
      min: fc.bigInt(-50n, 50n),
      size: fc.bigInt(1n, 60n),
      offset: fc.bigInt(0n, 60n),
      increment: fc.bigInt(-9n, 9n).filter((increment) => increment !== 0n),
      cycles: fc.boolean(),
    })
    .map(({ min, size, offset, increment, cycles }): SequenceState => {
      const lastValue = min + (offset % (size + 1n))
      return { lastValue, isCalled: true, increment, min, max: min + size, cycles }
    })
  fc.assert(
    fc.property(states, fc.bigInt(0n, 200n), (state, margin) => {
      expect(advanceSequence(state, margin)).toBe(callNextval(state, margin))
    }),
  )
})
