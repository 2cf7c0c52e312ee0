import { expect, test } from 'vitest'
import {
  alarmCatalog,
  alarmKinds,
  comebackMs,
  defaultEscalateAfterMs,
  type AlarmFacts,
  type Status,
} from '../../../../engine/index.ts'
import { repeat, Simulation } from './simulation.ts'

const minuteMs = 60_000

test('so many samples in a row raise an alarm, and no fewer', () => {
  const simulation = new Simulation()
  simulation.lag(60, 60, 59, 60, 60)
  expect(simulation.episodes).toEqual([])
  simulation.lag(75)
  expect(simulation.open).toMatchObject([
    { kind: 'LAG_SECONDS', state: 'FIRING', value: 75, peak: 75, threshold: 60, reopenings: 0 },
  ])
  expect(simulation.events).toMatchObject([
    {
      type: 'ALARM_FIRING',
      message: 'LAG_SECONDS: The target is 75 s behind the source.',
      payload: { kind: 'LAG_SECONDS', severity: 'WARNING', value: 75, threshold: 60, unit: 'SECONDS' },
    },
  ])
})

test('an alarm stays between its marks, and ends below the lower one', () => {
  const simulation = new Simulation()
  simulation.lag(...repeat(3, 90), 120, ...repeat(10, 45), 30, 30)
  expect(simulation.open).toMatchObject([{ value: 30, peak: 120 }])
  simulation.lag(30)
  expect(simulation.episodes).toMatchObject([{ state: 'RESOLVED', peak: 120, resolution: 'It is over.' }])
  expect(simulation.announced).toEqual(['ALARM_FIRING', 'ALARM_RESOLVED'])
})

test('a gap in the samples neither raises an alarm', () => {
  const simulation = new Simulation()
  simulation.lag(90, 90)
  simulation.wait(11_000)
  simulation.settle()
  simulation.lag(90, 90)
  expect(simulation.episodes).toEqual([])
  simulation.lag(90)
  expect(simulation.open).toHaveLength(1)
})

test('nor ends one', () => {
  const simulation = new Simulation()
  simulation.lag(90, 90, 90, 0, 0)
  simulation.wait(11_000)
  simulation.settle()
  simulation.lag(0, 0)
  expect(simulation.open).toHaveLength(1)
  simulation.lag(0)
  expect(simulation.open).toEqual([])
})

test.each<[Status, string]>([
  ['PAUSED', 'The migration was paused.'],
  ['FAILED', 'The migration has failed.'],
  ['COMPLETING', 'The migration is completing.'],
  ['CANCELLED', 'The migration was cancelled.'],
])('of a migration that is %s the lag alarms end with that as the reason', (status, resolution) => {
  const simulation = new Simulation()
  simulation.lag(90, 90, 90)
  simulation.facts = { ...simulation.facts, status, following: false }
  simulation.settle()
  expect(simulation.episodes.filter(({ kind }) => kind === 'LAG_SECONDS')).toMatchObject([
    { state: 'RESOLVED', resolution },
  ])
})

test('one that is back soon is the same episode, and then ends only when it has been clear for long', () => {
  const simulation = new Simulation()
  simulation.lag(90, 90, 90, 0, 0, 0, 80, 80, 80)
  expect(simulation.episodes).toMatchObject([{ state: 'FIRING', reopenings: 1, peak: 90, resolvedAt: null }])
  simulation.lag(...repeat(comebackMs / 1000, 0))
  expect(simulation.open).toHaveLength(1)
  simulation.lag(0, 0, 0)
  expect(simulation.open).toEqual([])
  expect(simulation.announced).toEqual(['ALARM_FIRING', 'ALARM_RESOLVED', 'ALARM_FIRING', 'ALARM_RESOLVED'])
})

test('one that was clear for long and is not any more starts over with being clear', () => {
  const simulation = new Simulation()
  simulation.lag(90, 90, 90, 0, 0, 0, 80, 80, 80)
  simulation.lag(...repeat(200, 0), 45, ...repeat(200, 0))
  expect(simulation.open).toHaveLength(1)
})

test('one that is back later is another episode', () => {
  const simulation = new Simulation()
  simulation.lag(90, 90, 90, 0, 0, 0)
  simulation.wait(comebackMs + 1)
  simulation.lag(80, 80, 80)
  expect(simulation.episodes).toMatchObject([
    { state: 'RESOLVED', reopenings: 0 },
    { state: 'FIRING', reopenings: 0, peak: 80 },
  ])
})

test('what people do does not flap: each failure of a migration is an episode', () => {
  const simulation = new Simulation()
  for (const status of ['FAILED', 'RUNNING', 'FAILED', 'RUNNING'] as const) {
    simulation.facts = { ...simulation.facts, status, following: false }
    simulation.wait(1_000)
    simulation.settle()
  }
  expect(simulation.episodes).toMatchObject([
    { kind: 'MIGRATION_FAILED', state: 'RESOLVED', reopenings: 0 },
    { kind: 'MIGRATION_FAILED', state: 'RESOLVED', reopenings: 0 },
  ])
})

test('an alarm that nobody acknowledges escalates once', () => {
  const simulation = new Simulation()
  simulation.lag(90, 90, 90)
  for (const wait of [defaultEscalateAfterMs - 1_000, 1_000, 1_000, defaultEscalateAfterMs]) {
    simulation.wait(wait)
    simulation.settle()
  }
  expect(simulation.announced).toEqual(['ALARM_FIRING', 'ALARM_ESCALATED'])
  expect(simulation.events[1]!.atMs - simulation.events[0]!.atMs).toBe(defaultEscalateAfterMs)
})

test('one that is acknowledged does not', () => {
  const simulation = new Simulation()
  simulation.lag(90, 90, 90)
  simulation.acknowledge()
  simulation.wait(2 * defaultEscalateAfterMs)
  simulation.settle()
  expect(simulation.announced).toEqual(['ALARM_FIRING'])
  expect(simulation.open).toMatchObject([{ state: 'ACKNOWLEDGED' }])
})

test('one that comes back has to be acknowledged anew', () => {
  const simulation = new Simulation()
  simulation.lag(90, 90, 90)
  simulation.acknowledge()
  simulation.lag(0, 0, 0, 90, 90, 90)
  expect(simulation.open).toMatchObject([{ state: 'FIRING', acknowledgement: null, reopenings: 1 }])
})

test('while muted an alarm is recorded and not announced; if it still fires at the end, it is then', () => {
  const simulation = new Simulation()
  simulation.mutes = [{ kinds: ['LAG_SECONDS'] }]
  simulation.lag(90, 90, 90)
  simulation.wait(2 * defaultEscalateAfterMs)
  simulation.settle()
  expect(simulation.open).toMatchObject([{ muted: true, announced: null }])
  expect(simulation.announced).toEqual([])
  simulation.mutes = []
  simulation.settle()
  expect(simulation.open).toMatchObject([{ muted: false, announced: 'FIRING' }])
  expect(simulation.announced).toEqual(['ALARM_FIRING'])
})

test('what ended while muted is never announced, unless it was before', () => {
  const simulation = new Simulation()
  simulation.lag(90, 90, 90)
  simulation.mutes = [{ kinds: null }]
  simulation.sample({ seconds: 0, retainedBytes: 2 ** 40 })
  simulation.sample({ seconds: 0, retainedBytes: 2 ** 40 })
  simulation.sample({ seconds: 0, retainedBytes: 2 ** 40 })
  simulation.lag(0, 0, 0)
  expect(simulation.open).toEqual([])
  expect(simulation.announced).toEqual(['ALARM_FIRING'])
  simulation.mutes = []
  simulation.settle()
  simulation.settle()
  expect(simulation.events.map(({ type, payload }) => [type, payload?.['kind']])).toEqual([
    ['ALARM_FIRING', 'LAG_SECONDS'],
    ['ALARM_RESOLVED', 'LAG_SECONDS'],
  ])
})

test('alarms of lost data are announced though all are muted', () => {
  const simulation = new Simulation()
  simulation.mutes = [{ kinds: null }]
  simulation.sample({ walStatus: 'unreserved' })
  simulation.facts = {
    ...simulation.facts,
    diverged: 'public.a differs.',
  }
  simulation.settle()
  expect(simulation.open.map(({ kind, muted }) => [kind, muted])).toEqual([
    ['SLOT_AT_RISK', false],
    ['TARGET_DIVERGED', false],
  ])
  expect(simulation.announced).toEqual(['ALARM_FIRING', 'ALARM_FIRING'])
})

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

test('a rule of its own raises earlier; one that is switched off ends what it raised', () => {
  const simulation = new Simulation()
  simulation.overrides = [{ kind: 'LAG_SECONDS', raise: 10, samples: 1 }]
  simulation.lag(10)
  expect(simulation.open).toMatchObject([{ kind: 'LAG_SECONDS', threshold: 10 }])
  simulation.overrides = [{ kind: 'LAG_SECONDS', enabled: false }]
  simulation.lag(10)
  expect(simulation.episodes).toMatchObject([{ state: 'RESOLVED', resolution: 'The rule was switched off.' }])
})

test('one that escalated, was acknowledged and comes back escalates anew', () => {
  const simulation = new Simulation()
  simulation.lag(90, 90, 90)
  simulation.wait(16 * minuteMs)
  simulation.settle()
  simulation.acknowledge()
  simulation.lag(...repeat(3, 0), ...repeat(3, 90))
  expect(simulation.open).toMatchObject([{ state: 'FIRING', reopenings: 1, escalatedAt: null }])
  simulation.wait(14 * minuteMs)
  simulation.settle()
  const told = ['ALARM_FIRING', 'ALARM_ESCALATED', 'ALARM_RESOLVED', 'ALARM_FIRING']
  expect(simulation.announced).toEqual(told)
  for (const wait of [minuteMs, 16 * minuteMs]) {
    simulation.wait(wait)
    simulation.settle()
  }
  expect(simulation.announced).toEqual([...told, 'ALARM_ESCALATED'])
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
