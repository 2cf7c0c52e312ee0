import { Temporal } from 'temporal-polyfill'
import { badInput } from './bad-input.ts'

/** Temporal takes offsets such as +02:00 too; those know nothing of daylight saving, and are not what is asked for. */
const namePattern = /^[A-Za-z][A-Za-z0-9_+\-/]*$/

/**
 * The name of an IANA time zone, in its own upper and lower case.
 * @throws GodwitError BAD_INPUT
 * @see https://www.iana.org/time-zones
 */
export function readTimeZone(timeZone: string, field: string): string {
  if (namePattern.test(timeZone)) {
    try {
      return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone).timeZoneId
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
    }
  }
  throw badInput(
    field,
    `There is no time zone ${JSON.stringify(timeZone.slice(0, 80))}.`,
    'Give the name of an IANA time zone, such as Europe/Berlin or UTC.',
  )
}
