const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** 1,234,567 */
export function formatCount(count: number | bigint): string {
  return grouped.format(count)
}

/** 512 B, 1.4 kB, 34 MB */
export function formatBytes(bytes: number | bigint): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = Number(bytes)
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0
  return `${value.toFixed(digits)} ${units[unit]}`
}

/** 0.4 s, 12 s, 3 min 05 s */
export function formatDuration(ms: number): string {
  const seconds = ms / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  if (seconds < 99.5) return `${seconds.toFixed(0)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
}

/** ███████░░░░░ */
export function formatBar(fraction: number, width: number): string {
  const full = Math.round(Math.min(Math.max(fraction, 0), 1) * width)
  return '█'.repeat(full) + '░'.repeat(width - full)
}
