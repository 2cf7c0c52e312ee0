import { Temporal } from 'temporal-polyfill'
import { weekdays, type CutoverWindow, type OnceWindow, type WeeklyWindow } from './cutover-window.ts'
import { firstMomentOf } from './local-time.ts'

/** A window at a moment. */
export interface WindowState {
  /** The opening that it is in; null while the window is closed. */
  readonly current: OnceWindow | null
  /** The first opening after the moment; null when there is none any more. */
  readonly next: OnceWindow | null
}

/**
 * What a window is at a moment: open from the moment of opening on, and closed from that of closing on. A weekly
 * window is open by what the clocks show, so one that lies in hours which they skip does not open on that day, and
 * one in which they go back is longer. Pure.
 * @param now by the clock of the control database
 */
export function windowAt(window: CutoverWindow, now: Date): WindowState {
  const openings = 'once' in window ? [window.once] : openingsAround(window.weekly, now)
  return {
    current: openings.find(({ opensAt, closesAt }) => opensAt <= now && now < closesAt) ?? null,
    next: openings.find(({ opensAt }) => opensAt > now) ?? null,
  }
}

/** Over midnight, and over a zone's change of date. */
const daysBefore = 2
/** Two openings even of a window on one day, the first of which may be skipped. */
const daysAfter = 16

/** In their order. They do not overlap, because times keep their order as moments. */
function openingsAround(window: WeeklyWindow, now: Date): readonly OnceWindow[] {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime())
    .toZonedDateTimeISO(window.timeZone)
    .toPlainDate()
  return Array.from({ length: daysBefore + daysAfter + 1 }, (_, index) =>
    today.add({ days: index - daysBefore }),
  )
    .filter((day) => isDayOf(window, day))
    .map((day) => openingOn(window, day))
    .filter(({ opensAt, closesAt }) => opensAt < closesAt)
}

function isDayOf({ days }: WeeklyWindow, day: Temporal.PlainDate): boolean {
  const weekday = weekdays[day.dayOfWeek - 1]
  return weekday !== undefined && days.includes(weekday)
}

function openingOn({ opens, closes, timeZone }: WeeklyWindow, day: Temporal.PlainDate): OnceWindow {
  const closingDay = closes < opens ? day.add({ days: 1 }) : day
  return {
    opensAt: firstMomentOf(day.toPlainDateTime(opens), timeZone),
    closesAt: firstMomentOf(closingDay.toPlainDateTime(closes), timeZone),
  }
}
