import { counted } from '../units.ts'
import type { StepName, StepStatus } from './types.ts'

interface StepWords {
  /** What it is called in a list. */
  readonly name: string
  /** What goes on while it runs. */
  readonly doing: string
}

export const stepWords: Readonly<Record<StepName, StepWords>> = {
  PREPARE: { name: 'Prepare', doing: 'Preparing' },
  STRUCTURE: { name: 'Structure', doing: 'Creating the tables' },
  FULL_COPY: { name: 'Copy', doing: 'Copying rows' },
  INDEXES_AND_CONSTRAINTS: { name: 'Indexes', doing: 'Building indexes and constraints' },
  INCREMENTAL: { name: 'Follow', doing: 'Following the source' },
  FENCE: { name: 'Fence', doing: 'Keeping writers from the source' },
  DRAIN: { name: 'Drain', doing: 'Applying the last changes' },
  ALIGN: { name: 'Align', doing: 'Aligning sequences and views' },
  COMPARE: { name: 'Compare', doing: 'Comparing rows' },
  RELEASE: { name: 'Release', doing: 'Letting go of the source' },
}

export const stepMarks: Readonly<Record<StepStatus, string>> = {
  PENDING: '○',
  RUNNING: '◉',
  DONE: '✓',
  SKIPPED: '–',
  FAILED: '✗',
}

/** A place in the log, such as 16/B374D848, says nothing to people. */
const place = /\b[0-9A-F]+\/[0-9A-F]+\b/
const counts = /\b(\d+) (row|object|table|sequence|materialized view)s\b/g

/** What the engine says of a step, such as `1 objects`; null where that is nothing for people. */
export function stepDetail(detail: string | null): string | null {
  if (detail === null || place.test(detail)) return null
  return detail.replaceAll(counts, (_, count: string, one: string) => counted(count, one))
}
