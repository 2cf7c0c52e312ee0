import type { CutoverMeasurement, CutoverOptions, Fencing, PauseParts } from '../ports/index.ts'

/** Changing the settings of the database, ending the other sessions, and looking whether a write got by. */
const fenceMs: Record<Exclude<Fencing, 'NONE'>, number> = { READ_ONLY: 300, BLOCK_CONNECTIONS: 300 }

/** Connecting to both sides for a step, and noting it. */
const stepMs = 100

/** Log that is decoded and applied; measured with many small transactions, which are the slowest. */
const drainedBytesPerMs = 8_000n

/** Sequences are set some hundred at a time. */
const sequenceMs = 0.1

/** What a view costs depends on its query, which nobody knows here. */
const viewMs = 250

/** Counted rows, both sides at once, from memory; measured: 700 kB a millisecond with two sessions. */
const countedBytesPerMs = 500_000n
const countedTableMs = 2

/** How long writers will have to wait, part by part. Pure. */
export function predictPause(options: CutoverOptions, measured: CutoverMeasurement): PauseParts {
  return {
    fenceMs: options.fencing === 'NONE' ? options.quietMs : fenceMs[options.fencing],
    drainMs: stepMs + Number(measured.lagBytes / drainedBytesPerMs),
    alignMs: stepMs + Math.round(measured.sequences * sequenceMs + measured.materializedViews * viewMs),
    compareMs: options.compare
      ? stepMs + measured.tables * countedTableMs + Number(measured.tableBytes / countedBytesPerMs)
      : 0,
  }
}

export function sumParts({ fenceMs, drainMs, alignMs, compareMs }: PauseParts): number {
  return fenceMs + drainMs + alignMs + compareMs
}
