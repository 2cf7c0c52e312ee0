import { expect, test } from 'vitest'
import { describeStart, resolveStart, type StartTime } from '../../../engine/index.ts'

const newYear = new Date('2026-01-01T00:00:00Z')

function resolve(localTime: string, timeZone: string) {
  const { startAt, resolution } = resolveStart({ localTime, timeZone }, newYear)
  return [startAt.toISOString(), resolution]
}

function refusalOf(given: StartTime): unknown {
  try {
    return resolveStart(given, newYear)
  } catch (error) {
    return error
  }
}

test('a moment is taken as it is', () => {
  const startAt = new Date('2026-03-29T01:30:00Z')
  expect(resolveStart({ startAt }, newYear)).toEqual({
    startAt,
    timeZone: null,
    localTime: null,
    resolution: null,
  })
})

test.each([
  ['winter', '2026-02-01T02:30', 'Europe/Berlin', '2026-02-01T01:30:00.000Z'],
  ['summer', '2026-07-01T02:30', 'Europe/Berlin', '2026-07-01T00:30:00.000Z'],
  ['the minute before the gap', '2026-03-29T01:59', 'Europe/Berlin', '2026-03-29T00:59:00.000Z'],
  ['the end of the gap', '2026-03-29T03:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
  ['the minute after the overlap', '2026-10-25T03:00', 'Europe/Berlin', '2026-10-25T02:00:00.000Z'],
  ['the summer of the south', '2026-01-15T12:00:30', 'America/Santiago', '2026-01-15T15:00:30.000Z'],
  ['its winter', '2026-07-15T12:00', 'America/Santiago', '2026-07-15T16:00:00.000Z'],
  ['a zone without daylight saving', '2026-07-15T12:00', 'Asia/Kolkata', '2026-07-15T06:30:00.000Z'],
])('a time of the clocks is exact in %s', (_when, localTime, timeZone, startAt) => {
  expect(resolve(localTime, timeZone)).toEqual([startAt, 'EXACT'])
})

test.each([
  ['2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
  ['2026-03-29T02:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
  ['2026-09-06T00:15', 'America/Santiago', '2026-09-06T04:15:00.000Z'],
  // Only half an hour.
  ['2026-10-04T02:15', 'Australia/Lord_Howe', '2026-10-03T15:45:00.000Z'],
])('%s, which the clocks of %s skip, is later by the gap', (localTime, timeZone, startAt) => {
  expect(resolve(localTime, timeZone)).toEqual([startAt, 'SKIPPED'])
})

test.each([
  ['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
  ['2026-10-25T02:00', 'Europe/Berlin', '2026-10-25T00:00:00.000Z'],
  ['2026-04-04T23:30', 'America/Santiago', '2026-04-05T02:30:00.000Z'],
])('of %s, which the clocks of %s show twice, it is the first', (localTime, timeZone, startAt) => {
  expect(resolve(localTime, timeZone)).toEqual([startAt, 'REPEATED'])
})

test('the zone is kept in its own writing', () => {
  expect(resolveStart({ localTime: '2026-02-01T02:30', timeZone: 'europe/BERLIN' }, newYear).timeZone).toBe(
    'Europe/Berlin',
  )
})

test.each([
  ['nothing', {}, 'startAt'],
  ['a time without its zone', { localTime: '2026-02-01T02:30' }, 'timeZone'],
  ['a zone without a time', { timeZone: 'Europe/Berlin' }, 'localTime'],
  ['both forms', { startAt: new Date('2026-02-01'), localTime: '2026-02-01T02:30' }, 'localTime'],
  ['a moment with a zone', { startAt: new Date('2026-02-01'), timeZone: 'Europe/Berlin' }, 'timeZone'],
  ['an unknown zone', { localTime: '2026-02-01T02:30', timeZone: 'Mars/Olympus' }, 'timeZone'],
  ['an offset for a zone', { localTime: '2026-02-01T02:30', timeZone: '+02:00' }, 'timeZone'],
  ['no zone', { localTime: '2026-02-01T02:30', timeZone: '' }, 'timeZone'],
  ['a moment for a local time', { localTime: '2026-02-01T02:30Z', timeZone: 'UTC' }, 'localTime'],
  ['a day that no month has', { localTime: '2026-02-30T02:30', timeZone: 'UTC' }, 'localTime'],
  ['an hour that no day has', { localTime: '2026-02-01T24:00', timeZone: 'UTC' }, 'localTime'],
  ['a date alone', { localTime: '2026-02-01', timeZone: 'UTC' }, 'localTime'],
  ['now', { startAt: newYear }, 'startAt'],
  ['a time in the past', { localTime: '2025-12-31T23:59', timeZone: 'UTC' }, 'localTime'],
  ['more than a year ahead', { startAt: new Date('2027-01-03') }, 'startAt'],
  ['a clock more than a year ahead', { localTime: '2027-01-03T00:00', timeZone: 'UTC' }, 'localTime'],
] satisfies [string, StartTime, string][])('%s is refused', (_what, given, field) => {
  expect(refusalOf(given)).toMatchObject({ code: 'BAD_INPUT', field })
})

test('a year ahead is not too far', () => {
  expect(resolveStart({ startAt: new Date('2027-01-01') }, newYear).startAt).toEqual(new Date('2027-01-01'))
})

test.each([
  ['2026-02-01T02:30', '2026-02-01T01:30:00.000Z (2026-02-01T02:30 in Europe/Berlin)'],
  [
    '2026-03-29T02:30',
    '2026-03-29T01:30:00.000Z (2026-03-29T03:30 in Europe/Berlin, for the clocks skip 2026-03-29T02:30)',
  ],
  [
    '2026-10-25T02:30',
    '2026-10-25T00:30:00.000Z (2026-10-25T02:30 in Europe/Berlin, the first of two times)',
  ],
])('%s is described with what was made of it', (localTime, description) => {
  expect(describeStart(resolveStart({ localTime, timeZone: 'Europe/Berlin' }, newYear))).toBe(description)
})
