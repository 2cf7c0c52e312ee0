/** As pg_sequence and the sequence itself have it. */
export interface SequenceState {
  readonly lastValue: bigint
  /** False: `lastValue` is the next to be handed out, not the last one that was. */
  readonly isCalled: boolean
  /** Negative for one that descends; never 0. */
  readonly increment: bigint
  readonly min: bigint
  readonly max: bigint
  readonly cycles: boolean
}

/**
 * The value of the sequence after `margin` more calls of nextval: in its own direction, not past its end, and around
 * when it cycles. One that was never used stays so.
 */
export function advanceSequence(state: SequenceState, margin: bigint): bigint {
  const { lastValue, isCalled, increment, min, max, cycles } = state
  if (!isCalled) return lastValue
  const [first, last] = increment > 0n ? [min, max] : [max, min]
  const stepsToEnd = (last - lastValue) / increment
  if (margin <= stepsToEnd) return lastValue + margin * increment
  if (!cycles) return lastValue + stepsToEnd * increment
  const valuesInCycle = (last - first) / increment + 1n
  const stepsFromFirst = (margin - stepsToEnd - 1n) % valuesInCycle
  return first + stepsFromFirst * increment
}
