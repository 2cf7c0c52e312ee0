import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  describeWait,
  planQueue,
  type QueueMember,
  type QueuePlace,
  type WaitsFor,
} from '../../../engine/queue/index.ts'

const limits = { perTarget: 1, overall: 2 }

function member(id: string, change: Partial<QueueMember> = {}): QueueMember {
  return {
    id,
    shortId: `m-${id}`,
    target: `${id}:5432/shop`,
    priority: 0,
    queuedAt: new Date(0),
    place: 'WANTED',
    ...change,
  }
}

function show(members: readonly QueueMember[]): readonly string[] {
  return planQueue(members, limits).map(({ member: { id }, waitsFor }) => `${id} ${waitsFor}`)
}

test('the order is priority, then the time of queueing, then the id', () => {
  const members = [
    member('d', { queuedAt: new Date(2) }),
    member('c', { queuedAt: new Date(1) }),
    member('b', { queuedAt: new Date(1) }),
    member('a', { queuedAt: new Date(3), priority: -1 }),
    member('e', { queuedAt: new Date(9), priority: 100 }),
  ]
  const plan = planQueue(members, limits)
  expect(plan.map((turn) => turn.member.id)).toEqual(['e', 'b', 'c', 'd', 'a'])
  expect(plan.map((turn) => turn.position)).toEqual([1, 2, 3, 4, 5])
  expect(plan.map((turn) => turn.order).toSorted()).toEqual(plan.map((turn) => turn.order))
})

test('so many may begin as there are places, and places that are promised are taken', () => {
  expect(show([member('a'), member('b'), member('c')])).toEqual(['a WORKER', 'b WORKER', 'c OVERALL'])
  expect(show([member('x', { place: 'HELD' }), member('a'), member('b')])).toEqual(['a WORKER', 'b OVERALL'])
})

test('who waits for its target is passed by, and its target is not', () => {
  const target = 'busy:5432/shop'
  const members = [
    member('x', { place: 'HELD', target }),
    member('a', { target }),
    member('b'),
    member('c', { target }),
  ]
  expect(show(members)).toEqual(['a TARGET', 'b WORKER', 'c TARGET'])
  expect(show([member('a', { target }), member('b', { target })])).toEqual(['a WORKER', 'b TARGET'])
})

test('who waits for its next attempt keeps its target and no other place', () => {
  const target = 'stuck:5432/shop'
  const stuck = member('x', { place: 'SUSPENDED', target })
  expect(show([stuck, member('a', { target }), member('b'), member('c')])).toEqual([
    'a TARGET',
    'b WORKER',
    'c WORKER',
  ])
})

test('who returns for its next attempt comes first, and waits for a place of all', () => {
  const returning = member('z', { place: 'RETURNING', priority: -100 })
  expect(show([member('a', { priority: 100 }), member('b'), returning])).toEqual([
    'z WORKER',
    'a WORKER',
    'b OVERALL',
  ])
  const held = [member('x', { place: 'HELD' }), member('y', { place: 'HELD' })]
  expect(show([...held, returning])).toEqual(['z OVERALL'])
})

test('who only has to follow changes needs no place and takes none', () => {
  const full = [member('x', { place: 'HELD' }), member('y', { place: 'HELD' })]
  expect(show([...full, member('a', { place: 'NOT_NEEDED', target: 'x:5432/shop' })])).toEqual(['a WORKER'])
  const free = member('a', { place: 'NOT_NEEDED' })
  expect(show([free, member('b'), member('c')])).toEqual(['a WORKER', 'b WORKER', 'c WORKER'])
})

test('who cannot begin yet holds up nobody', () => {
  const later = member('a', { place: 'WANTED_LATER', target: 't:1/x' })
  expect(show([later, member('b', { target: 't:1/x' }), member('c')])).toEqual([
    'a NEXT_ATTEMPT',
    'b WORKER',
    'c WORKER',
  ])
})

test('who follows changes or has a place does not wait', () => {
  expect(show([member('a', { place: 'NONE' }), member('b', { place: 'HELD' })])).toEqual([])
})

test('a wait is told with the target and who is there', () => {
  const target = 'busy:5432/shop'
  const [turn] = planQueue([member('x', { place: 'HELD', target }), member('a', { target })], limits)
  expect(describeWait(turn!, limits)).toBe(
    'It waits for its target busy:5432/shop, which is taken by m-x (1 at a time).',
  )
})

const places = ['HELD', 'SUSPENDED', 'RETURNING', 'WANTED', 'WANTED_LATER', 'NOT_NEEDED', 'NONE'] as const
const anyMember = fc.record({
  place: fc.constantFrom<QueuePlace[]>(...places),
  target: fc.constantFrom('a', 'b', 'c'),
  priority: fc.integer({ min: -100, max: 100 }),
  queuedAt: fc.nat({ max: 5 }).map((ms) => new Date(ms)),
})

test('whoever may begin, the limits are kept, and nobody waits for a place that is free', () => {
  fc.assert(
    fc.property(
      fc.array(anyMember, { maxLength: 12 }),
      fc.record({ perTarget: fc.integer({ min: 1, max: 3 }), overall: fc.integer({ min: 1, max: 6 }) }),
      (changes, anyLimits) => {
        const members = changes.map((change, index) => member(String(index), change))
        const plan = planQueue(members, anyLimits)
        const waiting = (waitsFor: WaitsFor) =>
          plan.filter((turn) => turn.waitsFor === waitsFor).map((turn) => turn.member)
        const count = (some: readonly QueueMember[], ...wanted: readonly QueuePlace[]) =>
          some.filter(({ place }) => wanted.includes(place)).length
        const held = count(members, 'HELD')
        const all = held + count(waiting('WORKER'), 'WANTED', 'RETURNING')
        expect(all).toBeLessThanOrEqual(Math.max(anyLimits.overall, held))
        expect(waiting('OVERALL').length === 0 || all >= anyLimits.overall).toBe(true)
        for (const target of ['a', 'b', 'c']) {
          const ofTarget = (some: readonly QueueMember[]) => some.filter((each) => each.target === target)
          const kept = count(ofTarget(members), 'HELD', 'SUSPENDED', 'RETURNING')
          const taken = kept + count(ofTarget(waiting('WORKER')), 'WANTED')
          expect(taken).toBeLessThanOrEqual(Math.max(anyLimits.perTarget, kept))
          expect(ofTarget(waiting('TARGET')).length === 0 || taken >= anyLimits.perTarget).toBe(true)
        }
      },
    ),
  )
})
