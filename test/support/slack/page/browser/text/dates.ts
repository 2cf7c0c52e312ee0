const forms: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  date_num: { year: 'numeric', month: '2-digit', day: '2-digit' },
  date: { year: 'numeric', month: 'long', day: 'numeric' },
  date_short: { year: 'numeric', month: 'short', day: 'numeric' },
  date_long: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' },
  date_pretty: { year: 'numeric', month: 'long', day: 'numeric' },
  date_short_pretty: { year: 'numeric', month: 'short', day: 'numeric' },
  date_long_pretty: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' },
  time: { hour: 'numeric', minute: '2-digit' },
  time_secs: { hour: 'numeric', minute: '2-digit', second: '2-digit' },
}

/** Fills in `{date_short}`, `{time}` and their like, in the time zone of the person who reads. */
export function formatDate(timestampS: number, format: string, timeZone: string): string {
  const date = new Date(timestampS * 1000)
  return format.replaceAll(/\{(\w+)\}/g, (whole, token: string) => {
    if (token === 'ago') return ago(timestampS)
    const form = forms[token]
    if (form === undefined) return whole
    const day = token.endsWith('_pretty') ? nearDay(date, timeZone) : undefined
    return day ?? new Intl.DateTimeFormat('en-US', { ...form, timeZone }).format(date)
  })
}

export function formatTime(timestampS: number, timeZone: string): string {
  return formatDate(timestampS, '{time}', timeZone)
}

/** What stands above the first message of a day. */
export function formatDay(timestampS: number, timeZone: string): string {
  const date = new Date(timestampS * 1000)
  const near = nearDay(date, timeZone)
  if (near !== undefined) return near[0]?.toUpperCase() + near.slice(1)
  return new Intl.DateTimeFormat('en-US', {
    weekday: 'long',
    month: 'long',
    day: 'numeric',
    timeZone,
  }).format(date)
}

function nearDay(date: Date, timeZone: string): string | undefined {
  const day = (at: number) => new Intl.DateTimeFormat('en-CA', { timeZone }).format(new Date(at))
  const dayMs = 24 * 60 * 60 * 1000
  const wanted = day(date.getTime())
  if (wanted === day(Date.now())) return 'today'
  if (wanted === day(Date.now() - dayMs)) return 'yesterday'
  return wanted === day(Date.now() + dayMs) ? 'tomorrow' : undefined
}

function ago(timestampS: number): string {
  const minutes = Math.round((timestampS - Date.now() / 1000) / 60)
  const relative = new Intl.RelativeTimeFormat('en-US', { numeric: 'auto' })
  if (Math.abs(minutes) < 60) return relative.format(minutes, 'minute')
  if (Math.abs(minutes) < 48 * 60) return relative.format(Math.round(minutes / 60), 'hour')
  return relative.format(Math.round(minutes / (24 * 60)), 'day')
}

/** The local time of an `<input type="datetime-local">` for a moment, in somebody's time zone. */
export function toLocalInput(timestampS: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'short',
  }).format(new Date(timestampS * 1000))
  return parts.replace(' ', 'T')
}

/** The moment that such an input means; undefined while it is not filled in. */
export function fromLocalInput(value: string, timeZone: string): number | undefined {
  const asUtcS = Date.parse(`${value}Z`) / 1000
  if (Number.isNaN(asUtcS)) return undefined
  // The offset of the zone at the guess, and once more where the guess lies on the other side of a change of clocks.
  const offsetS = (atS: number) => Date.parse(`${toLocalInput(atS, timeZone)}Z`) / 1000 - atS
  const guessS = asUtcS - offsetS(asUtcS)
  return asUtcS - offsetS(guessS)
}
