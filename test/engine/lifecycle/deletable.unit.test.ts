import { expect, test } from 'vitest'
import { findDeleteObstacle, isActive, statuses } from '../../../engine/lifecycle/index.ts'

test('what never started and what has ended may be deleted, nothing else', () => {
  expect(statuses.filter((status) => findDeleteObstacle(status) === null)).toEqual([
    'DRAFT',
    'VERIFY_FAILED',
    'READY',
    'COMPLETED',
    'CANCELLED',
  ])
})

test('nothing that a worker is at may be deleted', () => {
  expect(statuses.filter((status) => isActive(status) && findDeleteObstacle(status) === null)).toEqual([])
})
