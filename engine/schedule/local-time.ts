import { Temporal } from 'temporal-polyfill'
import { badInput } from './bad-input.ts'

/** How often the clocks of a time zone show a time: once; never, in a gap of spring; twice, in an overlap of autumn. */
export const localTimeResolutions = ['EXACT', 'SKIPPED', 'REPEATED'] as const

export type LocalTimeResolution = (typeof localTimeResolutions)[number]

export interface ResolvedLocalTime {
  readonly at: Date
  readonly resolution: LocalTimeResolution
}

const pattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/

/** @throws GodwitError BAD_INPUT */
export function readLocalTime(localTime: string, field: string): Temporal.PlainDateTime {
  if (pattern.test(localTime)) {
    try {
      return Temporal.PlainDateTime.from(localTime, { overflow: 'reject' })
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
    }
  }
  throw badInput(
    field,
    `${JSON.stringify(localTime.slice(0, 80))} is not a date with a time.`,
    'Give it as the clocks of the time zone show it, without an offset: 2026-03-29T02:30.',
  )
}

/**
 * The moment at which the clocks of the time zone show the time. One that they skip is later by the length of the gap;
 * of one that they show twice it is the first ('compatible').
 * @see https://tc39.es/proposal-temporal/docs/timezone.html#ambiguity-due-to-dst-or-other-time-zone-offset-changes
 */
export function resolveLocalTime(local: Temporal.PlainDateTime, timeZone: string): ResolvedLocalTime {
  const earlier = local.toZonedDateTime(timeZone, { disambiguation: 'earlier' })
  const later = local.toZonedDateTime(timeZone, { disambiguation: 'later' })
  if (earlier.epochMilliseconds === later.epochMilliseconds)
    return { at: toDate(earlier), resolution: 'EXACT' }
  const skipped = !later.toPlainDateTime().equals(local)
  return skipped
    ? { at: toDate(later), resolution: 'SKIPPED' }
    : { at: toDate(earlier), resolution: 'REPEATED' }
}

/**
 * The first moment at which the clocks of the time zone show the time or a later one. It differs from
 * `resolveLocalTime` in a gap, where this is the end of the gap: so it keeps the order of any two times.
 */
export function firstMomentOf(local: Temporal.PlainDateTime, timeZone: string): Date {
  const earlier = local.toZonedDateTime(timeZone, { disambiguation: 'earlier' })
  if (earlier.toPlainDateTime().equals(local)) return toDate(earlier)
  const gap = earlier.getTimeZoneTransition('next')
  if (gap === null) throw new TypeError(`${timeZone} skips ${local.toString()} without a transition`)
  return toDate(gap)
}

/** What the clocks of a time zone show at a moment, to the minute or, where there are seconds, to the second. */
export function formatLocalTime(at: Date, timeZone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at.getTime())
    .toZonedDateTimeISO(timeZone)
    .toPlainDateTime()
  return local.toString({ smallestUnit: local.second === 0 ? 'minute' : 'second' })
}

function toDate(moment: Temporal.ZonedDateTime): Date {
  return new Date(moment.epochMilliseconds)
}
