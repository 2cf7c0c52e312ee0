import { expect, test } from 'vitest'
import { alarmCatalog, alarmKinds, type AlarmFacts, type Status } from '../../../../engine/index.ts'
import { Simulation } from './simulation.ts'

test('the slot is at risk by what can still be written, or when the source says so', () => {
  const gibibyte = 1024 ** 3
  for (const values of [
    { safeWalBytes: gibibyte },
    { walStatus: 'lost' },
    { walStatus: 'unreserved' },
  ] as const) {
    const simulation = new Simulation()
    simulation.sample({ safeWalBytes: gibibyte + 1 })
    expect(simulation.open).toEqual([])
    simulation.sample(values)
    expect(simulation.open).toMatchObject([{ kind: 'SLOT_AT_RISK' }])
    for (let n = 0; n < 3; n += 1) simulation.sample({ safeWalBytes: 2 * gibibyte })
    expect(simulation.open).toEqual([])
  }
})

test.each([
  ['LAG_BYTES', { bytes: 1024 ** 3 }],
  ['APPLY_STALLED', { stalledSeconds: 60 }],
  ['WAL_RETAINED', { retainedBytes: 10 * 1024 ** 3 }],
  ['LONG_TRANSACTION', { oldestTransactionSeconds: 1800 }],
])('%s is raised by its own number', (kind, values) => {
  const simulation = new Simulation()
  for (let n = 0; n < 3; n += 1) simulation.sample(values)
  expect(simulation.open).toMatchObject([{ kind }])
})

test('waiting for the fence of another migration is no failure, however strict the rule', () => {
  const simulation = new Simulation()
  simulation.overrides = [{ kind: 'TARGET_ERRORS', raise: 1 }]
  const fail = (code: 'FENCED_BY_OTHER' | 'CONNECTION_LOST') => {
    simulation.facts = { ...simulation.facts, attempt: 3, problem: { code, message: '' } }
    simulation.settle()
    return simulation.open.map(({ kind }) => kind)
  }
  expect(fail('FENCED_BY_OTHER')).toEqual([])
  expect(fail('CONNECTION_LOST')).toEqual(['TARGET_ERRORS'])
})

const fenced: AlarmFacts['fence'] = {
  mode: 'READ_ONLY',
  undo: ['ALTER DATABASE "d" RESET default_transaction_read_only'],
}

test.each<[Status, boolean, boolean]>([
  ['COMPLETING', false, false],
  ['COMPLETING', true, true],
  ['COMPLETED', false, false],
  ['RUNNING', false, true],
  ['FAILED', false, true],
  ['CANCELLED', false, true],
])(
  'a source that is fenced while the migration is %s, given up: %s, is an alarm: %s',
  (status, givenUp, isAlarm) => {
    const simulation = new Simulation()
    simulation.mutes = [{ kinds: null }]
    simulation.facts = { ...simulation.facts, status, fence: fenced, givenUp, following: false }
    simulation.settle()
    expect(simulation.open.some(({ kind }) => kind === 'SOURCE_FENCED')).toBe(isAlarm)
    expect(simulation.announced.includes('ALARM_FIRING')).toBe(isAlarm)
  },
)

test.each([
  [29, false, fenced, false],
  [30, false, fenced, true],
  [30, true, fenced, false],
  [30, false, { mode: 'READ_ONLY', undo: [] } as const, false],
])(
  'a completion that nobody has had for %i s, RELEASE begun: %s, with the fence %o, is an alarm: %s',
  (leaseOverdueSeconds, releasing, fence, isAlarm) => {
    const simulation = new Simulation()
    simulation.mutes = [{ kinds: null }]
    simulation.overrides = [{ kind: 'WORKER_LOST', enabled: false }]
    const facts = { status: 'COMPLETING', fence, following: false } as const
    simulation.facts = { ...simulation.facts, ...facts, leaseOverdueSeconds, releasing }
    simulation.settle()
    expect(simulation.open.map(({ kind }) => kind)).toEqual(isAlarm ? ['SOURCE_FENCED'] : [])
    expect(simulation.announced.includes('ALARM_FIRING')).toBe(isAlarm)
  },
)

test.each([
  ['TARGET_ERRORS', { attempt: 3 }, { attempt: 2 }],
  ['WORKER_LOST', { leaseOverdueSeconds: 30 }, { leaseOverdueSeconds: 29 }],
  ['MIGRATION_FAILED', { status: 'FAILED' }, { status: 'PAUSED' }],
  [
    'VERIFY_FAILED_BEFORE_START',
    { status: 'VERIFY_FAILED', startRefused: true },
    { status: 'VERIFY_FAILED', startRefused: false },
  ],
  [
    'SCHEDULE_MISSED',
    { status: 'READY', startRefused: true, problem: { code: 'SCHEDULE_MISSED', message: '' } },
    { status: 'READY', startRefused: false, problem: { code: 'SCHEDULE_MISSED', message: '' } },
  ],
  ['SOURCE_FENCED', { status: 'CANCELLING', fence: fenced }, { status: 'CANCELLING', fence: null }],
  ['APPROVAL_EXPIRING', { approvalSecondsLeft: 600 }, { approvalSecondsLeft: 601 }],
  ['COMPARISON_DIFFERENT', { differs: 'a' }, { differs: 'a', status: 'COMPLETED' }],
  ['TARGET_DIVERGED', { diverged: 'a' }, { diverged: 'a', status: 'CANCELLED' }],
  ['SLOT_AT_RISK', { slotLost: 'a' }, { slotLost: 'a', status: 'CANCELLED' }],
] as const)('%s is raised by what the control database knows', (kind, raising, harmless) => {
  const simulation = new Simulation()
  const { facts } = simulation
  simulation.facts = { ...facts, following: false, ...harmless }
  simulation.settle()
  expect(simulation.episodes).toEqual([])
  simulation.facts = { ...facts, following: false, ...raising }
  simulation.settle()
  expect(simulation.open).toMatchObject([{ kind, state: 'FIRING' }])
})

test('every kind has marks that keep apart, and counts of samples', () => {
  for (const kind of alarmKinds) {
    const { raise, clear, direction, samples, clearSamples } = alarmCatalog[kind]
    expect(direction === 'above' ? raise - clear : clear - raise).toBeGreaterThan(0)
    expect(Math.min(samples, clearSamples)).toBeGreaterThan(0)
  }
})

test('a plan that expires is told of until it is executed or gone, as what it waits for', () => {
  const simulation = new Simulation()
  simulation.facts = { ...simulation.facts, approvalSecondsLeft: 5 }
  simulation.settle()
  expect(simulation.open[0]?.message).toBe('The cutover plan waits for approval, and expires in 5 s.')
  simulation.facts = { ...simulation.facts, planApproved: true, approvalSecondsLeft: 4 }
  simulation.settle()
  expect(simulation.open[0]?.message).toBe(
    'The cutover plan is approved but not executed, and expires in 4 s.',
  )
  simulation.facts = { ...simulation.facts, approvalSecondsLeft: null }
  simulation.settle()
  expect(simulation.episodes).toMatchObject([
    { kind: 'APPROVAL_EXPIRING', state: 'RESOLVED', resolution: 'No plan waits any more.' },
  ])
})
