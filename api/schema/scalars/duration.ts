/** Prints milliseconds as an ISO 8601 duration in seconds. */
export function formatDuration(durationMs: number): string {
  return `PT${Number((durationMs / 1000).toFixed(3))}S`
}

/** Milliseconds of an ISO 8601 duration in seconds; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  const seconds = /^PT(\d{1,10}(?:\.\d{1,6})?)S$/.exec(text)?.[1]
  return seconds === undefined ? undefined : Number(seconds) * 1000
}
