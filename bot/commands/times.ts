/** The units of time, as people write them. */
const units = [
  { seconds: 60, words: ['m', 'min', 'mins', 'minute', 'minutes'] },
  { seconds: 3600, words: ['h', 'hr', 'hrs', 'hour', 'hours'] },
  { seconds: 86_400, words: ['d', 'day', 'days'] },
] as const

function secondsIn(word: string): number {
  return units.find(({ words }) => words.some((one) => one === word))?.seconds ?? 0
}

/** A length of time such as `30m`, `2 hours` or `1d`, as ISO 8601 has it; null for anything else. */
export function parseSpan(text: string): string | null {
  const [, count, unit] = /^(\d{1,5})\s*([a-z]+)$/i.exec(text.trim()) ?? []
  const seconds = Number(count) * (unit === undefined ? 0 : secondsIn(unit.toLowerCase()))
  return seconds > 0 ? `PT${seconds}S` : null
}

const dayMs = 86_400_000

/**
 * A moment by the clocks of a time zone, such as `22:30` (the next time that it is so late), `tomorrow 06:00` or
 * `2026-11-20 22:30`; null for anything else.
 */
export function parseWhen(text: string, timeZone: string, now: Date): Date | null {
  const [, day, hour, minute] =
    /^(?:(today|tomorrow|\d{4}-\d{2}-\d{2})[ T]+)?(\d{1,2}):(\d{2})$/i.exec(text.trim()) ?? []
  if (hour === undefined || minute === undefined || Number(hour) > 23 || Number(minute) > 59) return null
  const time = `${hour.padStart(2, '0')}:${minute}`
  const today = dateIn(timeZone, now)
  const tomorrow = dateIn(timeZone, new Date(now.getTime() + dayMs))
  switch (day?.toLowerCase()) {
    case undefined: {
      const soon = momentIn(timeZone, today, time)
      return soon !== null && soon > now ? soon : momentIn(timeZone, tomorrow, time)
    }
    case 'today':
      return momentIn(timeZone, today, time)
    case 'tomorrow':
      return momentIn(timeZone, tomorrow, time)
    default:
      return momentIn(timeZone, day ?? today, time)
  }
}

/** Such as `2026-11-20`. */
function dateIn(timeZone: string, moment: Date): string {
  return clockIn(timeZone, moment).slice(0, 10)
}

/** When the clocks show the time; about as late where they skip it. */
function momentIn(timeZone: string, date: string, time: string): Date | null {
  const asUtc = Date.parse(`${date}T${time}:00Z`)
  // The 31st of February would be the 3rd of March.
  if (Number.isNaN(asUtc) || !new Date(asUtc).toISOString().startsWith(date)) return null
  // The first guess may lie on the other side of a change of the clocks.
  const guess = asUtc - offsetMs(timeZone, new Date(asUtc))
  return new Date(asUtc - offsetMs(timeZone, new Date(guess)))
}

function offsetMs(timeZone: string, moment: Date): number {
  const whole = Math.floor(moment.getTime() / 1000) * 1000
  return Date.parse(`${clockIn(timeZone, moment)}Z`) - whole
}

/** What the clocks show: `2026-11-20T22:30:00`. */
function clockIn(timeZone: string, moment: Date): string {
  const options = { dateStyle: 'short', timeStyle: 'medium', hourCycle: 'h23' } as const
  return new Intl.DateTimeFormat('sv-SE', { ...options, timeZone }).format(moment).replace(' ', 'T')
}
