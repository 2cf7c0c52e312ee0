import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  actions,
  availableActions,
  legalActions,
  nextStatus,
  reports,
  situationOf,
  statusAfterAction,
  statuses,
  type Action,
  type Report,
  type Status,
} from '../../../engine/lifecycle/index.ts'
import { isGodwitError } from '../../../engine/index.ts'

type Trigger = Action | Report

const triggers: readonly Trigger[] = [...actions, ...reports]

function tryNext(status: Status, trigger: Trigger): Status | 'refused' {
  try {
    return nextStatus(status, trigger)
  } catch (error) {
    if (isGodwitError(error, 'ILLEGAL_ACTION')) return 'refused'
    throw error
  }
}

/** Walks from DRAFT: each number chooses among what is not refused in the status at hand. */
function walk(choices: readonly number[]): Status[] {
  let status: Status = 'DRAFT'
  const visited: Status[] = [status]
  for (const choice of choices) {
    const open = triggers.map((trigger) => tryNext(status, trigger)).filter((next) => next !== 'refused')
    const next = open[choice % Math.max(open.length, 1)]
    if (next === undefined) break
    status = next
    visited.push(status)
  }
  return visited
}

const anyPath = fc.array(fc.nat({ max: 1_000 }), { maxLength: 60, size: 'max' })

test('every pair of status and trigger has an answer: a status or a refusal with a code', () => {
  for (const status of statuses) {
    for (const trigger of triggers) expect([...statuses, 'refused']).toContain(tryNext(status, trigger))
  }
})

test('whatever people and workers do, an ended migration stays ended', () => {
  fc.assert(
    fc.property(anyPath, (path) => {
      const visited = walk(path)
      const end = visited.findIndex((status) => status === 'COMPLETED' || status === 'CANCELLED')
      expect(end === -1 || end === visited.length - 1).toBe(true)
    }),
  )
})

test('nothing runs before a verify has passed', () => {
  fc.assert(
    fc.property(anyPath, (path) => {
      const visited = walk(path)
      const running = visited.indexOf('RUNNING')
      const before = running === -1 ? visited : visited.slice(0, running)
      expect(running === -1 || (before.includes('READY') && before.includes('QUEUED'))).toBe(true)
    }),
  )
})

test('completion is only ever reached through COMPLETING', () => {
  fc.assert(
    fc.property(anyPath, (path) => {
      const visited = walk(path)
      const at = visited.indexOf('COMPLETED')
      expect(at === -1 || visited[at - 1] === 'COMPLETING').toBe(true)
    }),
  )
})

test('after a cancel is asked for, the only way out is CANCELLED', () => {
  fc.assert(
    fc.property(anyPath, (path) => {
      const visited = walk(path)
      const after = visited.filter((_, index) => visited[index - 1] === 'CANCELLING')
      expect(after.filter((status) => status !== 'CANCELLED')).toEqual([])
    }),
  )
})

test('from every status that has not ended, people can reach an end', () => {
  for (const status of statuses) {
    if (status === 'COMPLETED' || status === 'CANCELLED' || status === 'CANCELLING') continue
    expect(legalActions(status)).toContain('CANCEL')
  }
})

test('every status can be reached from DRAFT', () => {
  const reached = new Set<Status>(['DRAFT'])
  for (const status of reached) {
    for (const trigger of triggers) {
      const next = tryNext(status, trigger)
      if (next !== 'refused') reached.add(next)
    }
  }
  expect([...reached].toSorted()).toEqual([...statuses].toSorted())
})

test('the legal actions are exactly those that the table does not refuse', () => {
  for (const status of statuses) {
    expect(legalActions(status)).toEqual(actions.filter((action) => tryNext(status, action) !== 'refused'))
  }
})

const situation = { status: 'RUNNING', incremental: false, releasing: false } as const

test('COMPLETE is offered and accepted only when incremental runs', () => {
  const incremental = { ...situation, incremental: true }
  expect(availableActions(situation)).not.toContain('COMPLETE')
  expect(availableActions(incremental)).toContain('COMPLETE')
  expect(statusAfterAction(incremental, 'COMPLETE')).toBe('COMPLETING')
  expect(() => statusAfterAction(situation, 'COMPLETE')).toThrow('INCREMENTAL is not running')
})

test('CANCEL is offered and accepted until the source is being released', () => {
  const completing = { ...situation, status: 'COMPLETING' } as const
  expect(availableActions(completing)).toEqual(['CANCEL'])
  for (const status of ['RUNNING', 'DONE'] as const) {
    const releasing = situationOf('COMPLETING', [{ step: 'RELEASE', status }])
    expect(availableActions(releasing)).toEqual([])
    expect(() => statusAfterAction(releasing, 'CANCEL')).toThrow('being released')
  }
})

test('a refusal names the reason and what is possible instead', () => {
  expect(() => nextStatus('PAUSED', 'COMPLETE')).toThrow('resume it first')
  expect(() => nextStatus('PAUSED', 'PAUSE')).toThrow(
    expect.objectContaining({ code: 'ILLEGAL_ACTION', remedy: 'Possible now: RESUME, CANCEL.' }),
  )
})
