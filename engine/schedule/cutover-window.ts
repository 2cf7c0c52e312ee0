import { badInput } from './bad-input.ts'
import { readTimeZone } from './time-zone.ts'

/** In the order of ISO 8601: MONDAY is day 1. */
export const weekdays = [
  'MONDAY',
  'TUESDAY',
  'WEDNESDAY',
  'THURSDAY',
  'FRIDAY',
  'SATURDAY',
  'SUNDAY',
] as const

export type Weekday = (typeof weekdays)[number]

/** From one moment to another. */
export interface OnceWindow {
  readonly opensAt: Date
  readonly closesAt: Date
}

/** Every week, by the clocks of a time zone. One that closes before it opens ends on the day after. */
export interface WeeklyWindow {
  /** On which it opens. */
  readonly days: readonly Weekday[]
  /** `02:00` */
  readonly opens: string
  readonly closes: string
  /** IANA name. */
  readonly timeZone: string
}

/** When a cutover may happen. */
export type CutoverWindow = { readonly once: OnceWindow } | { readonly weekly: WeeklyWindow }

const timePattern = /^([01]\d|2[0-3]):[0-5]\d$/
const maxAheadMs = 366 * 86_400_000

/**
 * A window as it is kept: days in their order and once each, the zone in its own writing. Pure.
 * @param field names the input that the window is of
 * @throws GodwitError BAD_INPUT
 */
export function readCutoverWindow(window: CutoverWindow, now: Date, field: string): CutoverWindow {
  return 'once' in window
    ? { once: readOnce(window.once, now, `${field}.once`) }
    : { weekly: readWeekly(window.weekly, `${field}.weekly`) }
}

function readOnce({ opensAt, closesAt }: OnceWindow, now: Date, field: string): OnceWindow {
  if (closesAt <= opensAt) {
    throw badInput(`${field}.closesAt`, 'A window must close after it opens.')
  }
  if (closesAt <= now) {
    throw badInput(
      `${field}.closesAt`,
      `The window would close at ${closesAt.toISOString()}, which has passed: it is ${now.toISOString()} now.`,
    )
  }
  if (opensAt.getTime() - now.getTime() > maxAheadMs) {
    throw badInput(
      `${field}.opensAt`,
      `The window would open at ${opensAt.toISOString()}, which is more than a year ahead.`,
    )
  }
  return { opensAt, closesAt }
}

function readWeekly({ days, opens, closes, timeZone }: WeeklyWindow, field: string): WeeklyWindow {
  const kept = weekdays.filter((day) => days.includes(day))
  if (kept.length === 0) throw badInput(`${field}.days`, 'A weekly window needs a day on which it opens.')
  readTime(opens, `${field}.opens`)
  readTime(closes, `${field}.closes`)
  if (opens === closes)
    throw badInput(`${field}.closes`, 'A window cannot close at the time at which it opens.')
  return { days: kept, opens, closes, timeZone: readTimeZone(timeZone, `${field}.timeZone`) }
}

function readTime(text: string, field: string): void {
  if (timePattern.test(text)) return
  throw badInput(
    field,
    `${JSON.stringify(text.slice(0, 80))} is not a time of day.`,
    'Give hours and minutes: 02:00.',
  )
}

/** A window in words, for events. */
export function describeCutoverWindow(window: CutoverWindow): string {
  if ('once' in window) {
    return `from ${window.once.opensAt.toISOString()} to ${window.once.closesAt.toISOString()}`
  }
  const { days, opens, closes, timeZone } = window.weekly
  const until = closes < opens ? `${closes} on the day after` : closes
  return `${days.join(', ')} from ${opens} to ${until}, ${timeZone}`
}
