const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** 1,234,567; 12.3 million */
export function formatCount(count: number | string): string {
  const value = Number(count)
  if (value < 10_000_000) return grouped.format(value)
  if (value < 1_000_000_000) return `${(value / 1_000_000).toFixed(1)} million`
  return `${(value / 1_000_000_000).toFixed(1)} billion`
}

/** 1 table, 2 tables */
export function counted(count: number | string, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${Number(count) === 1 ? one : many}`
}

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/** 512 B, 1.4 kB, 34 MB */
export function formatBytes(bytes: number | string): string {
  let value = Number(bytes)
  let unit = 0
  while (value >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${value.toFixed(unit > 0 && value < 9.95 ? 1 : 0)} ${byteUnits[unit]}`
}

/** 12 ms, 0.4 s, 42 s, 3 min 5 s, 2 h 10 min, 3 d 4 h */
export function formatSeconds(seconds: number): string {
  if (seconds < 0.0005) return '0 s'
  if (seconds < 0.0995) return `${Math.round(seconds * 1000)} ms`
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  if (seconds < 59.5) return `${Math.round(seconds)} s`
  const whole = Math.round(seconds)
  if (whole < 3600) return pair(Math.floor(whole / 60), 'min', whole % 60, 's')
  if (whole < 86_400) return pair(Math.floor(whole / 3600), 'h', Math.floor((whole % 3600) / 60), 'min')
  return pair(Math.floor(whole / 86_400), 'd', Math.floor((whole % 86_400) / 3600), 'h')
}

function pair(first: number, firstUnit: string, second: number, secondUnit: string): string {
  return second === 0 ? `${first} ${firstUnit}` : `${first} ${firstUnit} ${second} ${secondUnit}`
}

/** A duration of the API, such as `PT12.5S`. */
export function formatDuration(duration: string): string {
  return formatSeconds(secondsOf(duration))
}

const iso8601 = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/

/** How long a duration of the API is; 0 for what is none. */
export function secondsOf(duration: string): number {
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = iso8601.exec(duration) ?? []
  return Number(days) * 86_400 + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
}

/** Roughly, for what nobody knows: under a minute, about 5 min, about 2 h */
export function formatEstimate(seconds: number): string {
  if (seconds < 60) return 'under a minute'
  if (seconds < 5400) return `about ${Math.round(seconds / 60)} min`
  if (seconds < 172_800) return `about ${Math.round(seconds / 3600)} h`
  return `about ${Math.round(seconds / 86_400)} days`
}

/** 42 % of 0.4242 */
export function formatPercent(fraction: number): string {
  return `${Math.floor(fraction * 100)} %`
}

/** ████░░░░░░ */
export function formatBar(fraction: number, width = 12): string {
  const full = Math.round(Math.min(Math.max(fraction, 0), 1) * width)
  return '█'.repeat(full) + '░'.repeat(width - full)
}

const heights = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']

/** A line of bars, the highest being the largest value, or `least` if all are less: ▁▁▂▅█▃ */
export function formatSparkline(values: readonly number[], least = 0): string {
  const top = Math.max(least, ...values)
  return values
    .map((value) => heights[top <= 0 ? 0 : Math.round((Math.max(value, 0) / top) * (heights.length - 1))])
    .join('')
}
