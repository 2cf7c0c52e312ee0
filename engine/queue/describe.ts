import type { QueueLimits, QueueTurn, WaitsFor } from './plan.ts'

const sentences: Record<WaitsFor, (turn: QueueTurn, limits: QueueLimits) => string> = {
  WORKER: () => 'It is its turn: it begins as soon as a worker has room.',
  TARGET: ({ member: { target }, ahead }, { perTarget }) =>
    `It waits for its target ${target}, which is taken by ${ahead.join(', ')} (${perTarget} at a time).`,
  OVERALL: (_turn, { overall }) =>
    `It waits for a free place: ${overall} migrations at a time copy rows or build indexes.`,
  NEXT_ATTEMPT: () => 'It could not begin, and waits for its next attempt.',
}

/** What a migration waits for, as a sentence for people. */
export function describeWait(turn: QueueTurn, limits: QueueLimits): string {
  return sentences[turn.waitsFor](turn, limits)
}
