import type { QueuePlace } from './place.ts'

/** How many migrations copy rows or build indexes at a time. */
export interface QueueLimits {
  readonly perTarget: number
  readonly overall: number
}

export interface QueueMember {
  readonly id: string
  /** For people. */
  readonly shortId: string
  /** The target as its endpoint names it, `host:port/database` in lower case: several endpoints may mean one. */
  readonly target: string
  readonly priority: number
  readonly queuedAt: Date
  readonly place: QueuePlace
}

/** `WORKER`: it is its turn, and the next worker with room takes it. */
export type WaitsFor = 'WORKER' | 'TARGET' | 'OVERALL' | 'NEXT_ATTEMPT'

/** A migration that waits. */
export interface QueueTurn {
  readonly member: QueueMember
  /** 1, 2, 3 … */
  readonly position: number
  /** A text that sorts as the queue does, and stays while others come and go. */
  readonly order: string
  readonly waitsFor: WaitsFor
  /** Short ids of those that the target is taken by, or kept for. */
  readonly ahead: readonly string[]
}

/**
 * Who waits, in the order of the queue, and for what. Those whose turn it is take places before the ones behind them
 * even though no worker has them yet, so that nobody is overtaken; who waits for its target is passed by. Pure.
 */
export function planQueue(members: readonly QueueMember[], limits: QueueLimits): readonly QueueTurn[] {
  const takenBy = new Map<string, readonly string[]>()
  const takeTarget = ({ target, shortId }: QueueMember) =>
    takenBy.set(target, [...(takenBy.get(target) ?? []), shortId])
  let taken = 0
  for (const member of members) {
    if (keepsTarget(member)) takeTarget(member)
    if (member.place === 'HELD') taken += 1
  }
  return members
    .filter(waits)
    .map((member) => ({ member, order: orderOf(member) }))
    .toSorted((a, b) => (a.order < b.order ? -1 : 1))
    .map(({ member, order }, index) => {
      const ahead = takenBy.get(member.target) ?? []
      const waitsFor = whatFor(member, { targetTaken: ahead.length, taken, limits })
      if (waitsFor === 'WORKER' && member.place !== 'NOT_NEEDED') {
        taken += 1
        if (member.place === 'WANTED') takeTarget(member)
      }
      return { member, position: index + 1, order, waitsFor, ahead }
    })
}

function keepsTarget({ place }: QueueMember): boolean {
  return place === 'HELD' || place === 'SUSPENDED' || place === 'RETURNING'
}

function waits({ place }: QueueMember): boolean {
  return place !== 'HELD' && place !== 'SUSPENDED' && place !== 'NONE'
}

/** How far a priority may go, either way; 0 is what every migration begins with. */
export const maxPriority = 100

/** Sorts as the queue does: who was at work before comes first; then by priority, time and id. */
function orderOf({ place, priority, queuedAt, id }: QueueMember): string {
  const group = place === 'RETURNING' ? 0 : 1
  const rank = String(maxPriority - priority).padStart(3, '0')
  return `${group} ${rank} ${queuedAt.toISOString()} ${id}`
}

interface Taken {
  readonly targetTaken: number
  readonly taken: number
  readonly limits: QueueLimits
}

function whatFor({ place }: QueueMember, { targetTaken, taken, limits }: Taken): WaitsFor {
  if (place === 'NOT_NEEDED') return 'WORKER'
  if (place === 'WANTED_LATER') return 'NEXT_ATTEMPT'
  if (place === 'WANTED' && targetTaken >= limits.perTarget) return 'TARGET'
  return taken >= limits.overall ? 'OVERALL' : 'WORKER'
}
