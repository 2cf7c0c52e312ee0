import { expect, test } from 'vitest'
import { parseSpan, parseWhen } from '../../../bot/commands/times.ts'

test.each([
  ['30m', 'PT1800S'],
  ['2 hours', 'PT7200S'],
  ['1d', 'PT86400S'],
  ['0m', null],
  ['soon', null],
  ['5 months', null],
  ['45 Mins', 'PT2700S'],
  ['3 hrs', 'PT10800S'],
  ['1 day', 'PT86400S'],
  ['2 mours', null],
  ['2 hays', null],
  ['2 dours', null],
  ['2 constructor', null],
  ['2', null],
])('a length of time: %s', (text, span) => {
  expect(parseSpan(text)).toBe(span)
})

const now = new Date('2026-11-20T21:00:00Z')

test.each([
  ['22:30', 'Europe/Berlin', '2026-11-20T21:30:00.000Z'],
  ['21:30', 'Europe/Berlin', '2026-11-21T20:30:00.000Z'],
  ['tomorrow 06:00', 'America/New_York', '2026-11-21T11:00:00.000Z'],
  ['2026-07-01 06:00', 'America/New_York', '2026-07-01T10:00:00.000Z'],
  ['2028-02-29 06:00', 'Etc/UTC', '2028-02-29T06:00:00.000Z'],
  ['2026-07-01T06:00', 'Asia/Kolkata', '2026-07-01T00:30:00.000Z'],
])('%s by the clocks of %s', (text, timeZone, moment) => {
  expect(parseWhen(text, timeZone, now)?.toISOString()).toBe(moment)
})

test.each([
  '25:00',
  '12:60',
  'noon',
  '2026-13-01 10:00',
  'tomorrow',
  '2026-02-31 10:00',
  '2026-02-29 10:00',
  '2026-04-31T10:00',
  '2026-02-00 10:00',
])('%s is no time', (text) => {
  expect(parseWhen(text, 'Etc/UTC', now)).toBeNull()
})
