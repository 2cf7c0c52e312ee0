import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  describeCutoverWindow,
  readCutoverWindow,
  weekdays,
  windowAt,
  type CutoverWindow,
  type OnceWindow,
  type WeeklyWindow,
} from '../../../engine/index.ts'

const berlin: WeeklyWindow = {
  days: ['SATURDAY', 'SUNDAY'],
  opens: '02:00',
  closes: '05:00',
  timeZone: 'Europe/Berlin',
}

/** The state in text: easier to read than moments. */
function stateAt(weekly: Partial<WeeklyWindow>, now: string) {
  const { current, next } = windowAt({ weekly: { ...berlin, ...weekly } }, new Date(now))
  return { current: current && show(current), next: next && show(next) }
}

function show({ opensAt, closesAt }: OnceWindow): string {
  return `${opensAt.toISOString().slice(0, 16)} to ${closesAt.toISOString().slice(0, 16)}`
}

test('a window is open from its opening on, and closed from its closing on', () => {
  const once = { opensAt: new Date('2026-01-10T10:00Z'), closesAt: new Date('2026-01-10T11:00Z') }
  const at = (now: string) => windowAt({ once }, new Date(now))
  expect(at('2026-01-10T09:59:59.999Z')).toEqual({ current: null, next: once })
  expect(at('2026-01-10T10:00:00.000Z')).toEqual({ current: once, next: null })
  expect(at('2026-01-10T10:59:59.999Z')).toEqual({ current: once, next: null })
  expect(at('2026-01-10T11:00:00.000Z')).toEqual({ current: null, next: null })
})

test('a weekly window opens on each of its days, by the clocks of its zone', () => {
  // A Friday.
  expect(stateAt({}, '2026-01-09T12:00Z')).toEqual({
    current: null,
    next: '2026-01-10T01:00 to 2026-01-10T04:00',
  })
  expect(stateAt({}, '2026-01-10T02:00Z')).toEqual({
    current: '2026-01-10T01:00 to 2026-01-10T04:00',
    next: '2026-01-11T01:00 to 2026-01-11T04:00',
  })
  expect(stateAt({}, '2026-01-11T04:00Z')).toEqual({
    current: null,
    next: '2026-01-17T01:00 to 2026-01-17T04:00',
  })
  // In summer the same clocks are an hour earlier.
  expect(stateAt({}, '2026-07-10T12:00Z').next).toBe('2026-07-11T00:00 to 2026-07-11T03:00')
})

test('a window that closes before it opens belongs to the day on which it opens', () => {
  const overnight = { days: ['SATURDAY'], opens: '22:00', closes: '04:00' } as const
  const night = '2026-01-10T21:00 to 2026-01-11T03:00'
  expect(stateAt(overnight, '2026-01-09T22:00Z')).toMatchObject({ current: null, next: night })
  expect(stateAt(overnight, '2026-01-10T02:00Z')).toMatchObject({ current: null, next: night })
  expect(stateAt(overnight, '2026-01-10T21:30Z').current).toBe(night)
  expect(stateAt(overnight, '2026-01-11T02:59Z').current).toBe(night)
  expect(stateAt(overnight, '2026-01-11T03:00Z').current).toBeNull()
})

test('of what the clocks skip in spring, only what they show is in the window', () => {
  const now = '2026-03-28T12:00Z'
  const sunday = { days: ['SUNDAY'] } as const
  expect(stateAt({ ...sunday, opens: '01:00' }, now).next).toBe('2026-03-29T00:00 to 2026-03-29T03:00')
  expect(stateAt({ ...sunday, opens: '02:30' }, now).next).toBe('2026-03-29T01:00 to 2026-03-29T03:00')
  expect(stateAt({ ...sunday, opens: '01:30', closes: '02:30' }, now).next).toBe(
    '2026-03-29T00:30 to 2026-03-29T01:00',
  )
})

test('a window that the clocks skip whole does not open that day, but the week after', () => {
  const skipped = { days: ['SUNDAY'], opens: '02:15', closes: '02:45' } as const
  expect(stateAt(skipped, '2026-03-28T12:00Z').next).toBe('2026-04-05T00:15 to 2026-04-05T00:45')
})

test('in autumn the window holds the hour that the clocks show twice', () => {
  expect(stateAt({ days: ['SUNDAY'] }, '2026-10-24T12:00Z').next).toBe('2026-10-25T00:00 to 2026-10-25T04:00')
  expect(stateAt({ days: ['SUNDAY'], opens: '01:00', closes: '02:30' }, '2026-10-24T12:00Z').next).toBe(
    '2026-10-24T23:00 to 2026-10-25T00:30',
  )
})

test('an overnight window over a change of the clocks in the south ends by the clocks', () => {
  const night = { days: ['SATURDAY'], opens: '22:00', closes: '02:00', timeZone: 'America/Santiago' } as const
  // Clocks go from 24:00 of Saturday back to 23:00, and in September from 0:00 of Sunday to 1:00.
  expect(stateAt(night, '2026-04-04T12:00Z').next).toBe('2026-04-05T01:00 to 2026-04-05T06:00')
  expect(stateAt(night, '2026-09-05T12:00Z').next).toBe('2026-09-06T02:00 to 2026-09-06T05:00')
})

const zones = ['Europe/Berlin', 'America/Santiago', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC'] as const
type Zone = (typeof zones)[number]
const minuteMs = 60_000

const aTime = fc.tuple(fc.nat({ max: 23 }), fc.constantFrom(0, 1, 15, 30, 45, 59)).map(([hour, minute]) => {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
})

const aWeeklyWindow = fc
  .record({
    days: fc.subarray([...weekdays], { minLength: 1 }),
    opens: aTime,
    closes: aTime,
    timeZone: fc.constantFrom(...zones),
  })
  .filter(({ opens, closes }) => opens !== closes)

/** Moments of 2026, half of them within two days of a change of the clocks. */
const aMoment = fc
  .oneof(
    fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2027-01-01') }),
    fc
      .tuple(
        fc.constantFrom('2026-03-29', '2026-04-05', '2026-09-06', '2026-10-04', '2026-10-25'),
        fc.integer({ min: -2 * 1440, max: 2 * 1440 }),
      )
      .map(([day, minutes]) => Date.parse(day) + minutes * minuteMs),
  )
  .map((ms) => new Date(ms))

const clocks = new Map(
  zones.map((timeZone) => [
    timeZone,
    new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'long',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    }),
  ]),
)

/** Day and time as the clocks of a zone show them: by Intl, which the product does not use. */
function clocksAt(now: Date, timeZone: Zone) {
  const parts = clocks.get(timeZone)?.formatToParts(now) ?? []
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? ''
  const weekday = weekdays.findIndex((day) => day === part('weekday').toUpperCase())
  return { weekday, time: `${part('hour')}:${part('minute')}` }
}

/** Whether the clocks show what they showed before, or show again later. */
function isRepeated(now: Date, timeZone: Zone): boolean {
  const { time } = clocksAt(now, timeZone)
  return [-120, -60, -30, 30, 60, 120].some(
    (minutes) => clocksAt(new Date(now.getTime() + minutes * minuteMs), timeZone).time === time,
  )
}

interface ZonedWindow extends WeeklyWindow {
  readonly timeZone: Zone
}

/** What a person with a clock of the zone would say. */
function isOpenByClock({ days, opens, closes, timeZone }: ZonedWindow, now: Date): boolean {
  const { weekday, time } = clocksAt(now, timeZone)
  const isDay = (index: number) => days.some((day) => day === weekdays[(index + 7) % 7])
  if (opens < closes) return isDay(weekday) && opens <= time && time < closes
  return (isDay(weekday) && time >= opens) || (isDay(weekday - 1) && time < closes)
}

test('a weekly window is open exactly when the clocks of its zone say so', () => {
  fc.assert(
    fc.property(aWeeklyWindow, aMoment, (weekly, now) => {
      fc.pre(!isRepeated(now, weekly.timeZone))
      expect(windowAt({ weekly }, now).current !== null).toBe(isOpenByClock(weekly, now))
    }),
    { numRuns: 1_000 },
  )
})

test('openings follow each other without overlap, and the state at each is the one that was foretold', () => {
  fc.assert(
    fc.property(aWeeklyWindow, aMoment, (weekly, now) => {
      const window: CutoverWindow = { weekly }
      const { current, next } = windowAt(window, now)
      const openings = [current, next].filter((opening) => opening !== null)
      expect(openings.at(-1)).toEqual(next)
      for (const opening of openings) {
        expect(opening.opensAt < opening.closesAt).toBe(true)
        expect(windowAt(window, opening.opensAt).current).toEqual(opening)
        expect(windowAt(window, new Date(opening.opensAt.getTime() - 1)).next).toEqual(opening)
      }
      expect(
        openings.every(({ closesAt }, index) => closesAt <= (openings[index + 1]?.opensAt ?? closesAt)),
      ).toBe(true)
      expect(next!.opensAt > now).toBe(true)
    }),
    { numRuns: 300 },
  )
})

const newYear = new Date('2026-01-01T00:00:00Z')

test('a weekly window is kept with its days in order and once each', () => {
  const weekly: WeeklyWindow = {
    ...berlin,
    days: ['SUNDAY', 'MONDAY', 'SUNDAY'],
    timeZone: 'europe/berlin',
  }
  expect(readCutoverWindow({ weekly }, newYear, 'window')).toEqual({
    weekly: { ...berlin, days: ['MONDAY', 'SUNDAY'] },
  })
})

const hour = (hours: number) => new Date(newYear.getTime() + hours * 60 * minuteMs)

test.each([
  ['no day', { weekly: { ...berlin, days: [] } }, 'window.weekly.days'],
  ['an hour that no day has', { weekly: { ...berlin, opens: '24:00' } }, 'window.weekly.opens'],
  ['seconds', { weekly: { ...berlin, closes: '05:00:00' } }, 'window.weekly.closes'],
  ['no length', { weekly: { ...berlin, closes: '02:00' } }, 'window.weekly.closes'],
  ['an unknown zone', { weekly: { ...berlin, timeZone: 'Berlin' } }, 'window.weekly.timeZone'],
  ['an end before its start', { once: { opensAt: hour(2), closesAt: hour(1) } }, 'window.once.closesAt'],
  ['an end in the past', { once: { opensAt: hour(-2), closesAt: hour(-1) } }, 'window.once.closesAt'],
  [
    'a start more than a year ahead',
    { once: { opensAt: hour(9_000), closesAt: hour(9_001) } },
    'window.once.opensAt',
  ],
] satisfies [string, CutoverWindow, string][])('a window with %s is refused', (_what, window, field) => {
  expect(() => readCutoverWindow(window, newYear, 'window')).toThrow(
    expect.objectContaining({ code: 'BAD_INPUT', field }),
  )
})

test('a window is described in words', () => {
  expect(describeCutoverWindow({ weekly: berlin })).toBe(
    'SATURDAY, SUNDAY from 02:00 to 05:00, Europe/Berlin',
  )
  expect(describeCutoverWindow({ weekly: { ...berlin, opens: '22:00' } })).toContain('05:00 on the day after')
})
