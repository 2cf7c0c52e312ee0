import { badInput } from './bad-input.ts'
import { formatLocalTime, readLocalTime, resolveLocalTime, type LocalTimeResolution } from './local-time.ts'
import { readTimeZone } from './time-zone.ts'

/** When to start: a moment, or what the clocks of a time zone show. */
export interface StartTime {
  readonly startAt?: Date
  /** `2026-03-29T02:30`; goes with `timeZone`. */
  readonly localTime?: string
  /** IANA name. */
  readonly timeZone?: string
}

/** A start time as a moment, with what was asked for when it was a time of the clocks. */
export interface ResolvedStart {
  readonly startAt: Date
  readonly timeZone: string | null
  readonly localTime: string | null
  readonly resolution: LocalTimeResolution | null
}

const dayMs = 86_400_000
/** Nobody plans a migration for later than that; a wrong year is likelier. */
const maxAheadMs = 366 * dayMs

/**
 * Resolves a start time. Pure.
 * @throws GodwitError BAD_INPUT: not one of the two forms, no such zone or time, in the past, more than a year ahead
 */
export function resolveStart(given: StartTime, now: Date): ResolvedStart {
  const resolved = given.startAt === undefined ? resolveClockTime(given) : acceptMoment(given, given.startAt)
  const field = resolved.localTime === null ? 'startAt' : 'localTime'
  const aheadMs = resolved.startAt.getTime() - now.getTime()
  const said = describeStart(resolved)
  if (aheadMs <= 0) {
    throw badInput(
      field,
      `The start would be ${said}, which has passed: it is ${now.toISOString()} now.`,
      'Choose a later time, or start the migration now.',
    )
  }
  if (aheadMs > maxAheadMs)
    throw badInput(field, `The start would be ${said}, which is more than a year ahead.`)
  return resolved
}

function acceptMoment({ localTime, timeZone }: StartTime, startAt: Date): ResolvedStart {
  if (localTime === undefined && timeZone === undefined) {
    return { startAt, timeZone: null, localTime: null, resolution: null }
  }
  throw badInput(
    localTime === undefined ? 'timeZone' : 'localTime',
    'A start is either startAt, or localTime in timeZone; not both.',
  )
}

function resolveClockTime({ localTime, timeZone }: StartTime): ResolvedStart {
  if (localTime === undefined && timeZone === undefined) {
    throw badInput('startAt', 'A start needs a time.', 'Give startAt, or localTime and timeZone.')
  }
  if (timeZone === undefined) throw badInput('timeZone', 'A localTime needs the timeZone that it is of.')
  if (localTime === undefined) throw badInput('localTime', 'A timeZone needs the localTime of the start.')
  const zone = readTimeZone(timeZone, 'timeZone')
  const { at, resolution } = resolveLocalTime(readLocalTime(localTime, 'localTime'), zone)
  return { startAt: at, timeZone: zone, localTime, resolution }
}

/** The time of a start for people: the moment, and what the clocks show then, with what was made of the time asked for. */
export function describeStart({ startAt, timeZone, localTime, resolution }: ResolvedStart): string {
  if (timeZone === null || localTime === null || resolution === null) return startAt.toISOString()
  const shown = `${startAt.toISOString()} (${formatLocalTime(startAt, timeZone)} in ${timeZone}`
  const notes: Record<LocalTimeResolution, string> = {
    EXACT: '',
    SKIPPED: `, for the clocks skip ${localTime}`,
    REPEATED: ', the first of two times',
  }
  return `${shown}${notes[resolution]})`
}
