import { expect, test } from 'vitest'
import { comebackMs, defaultEscalateAfterMs, type Status } from '../../../../engine/index.ts'
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
