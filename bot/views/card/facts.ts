import type { MigrationCard } from './fragment.ts'

type Step = MigrationCard['steps'][number]

export function runningStep({ steps }: Pick<MigrationCard, 'steps'>): Step | undefined {
  return steps.find(({ status }) => status === 'RUNNING')
}

export function isDone({ steps }: Pick<MigrationCard, 'steps'>, step: Step['name']): boolean {
  return steps.some(({ name, status }) => name === step && (status === 'DONE' || status === 'SKIPPED'))
}

/** The full copy is there, and changes follow it. */
export function isFollowing(migration: Pick<MigrationCard, 'status' | 'steps'>): boolean {
  return migration.status === 'RUNNING' && runningStep(migration)?.name === 'INCREMENTAL'
}

/**
 * How much of the full copy is done, from 0 to 1: by rows where the statistics of the source tell how many there are,
 * else by bytes. Both are estimates, so that it is not whole before every table is.
 */
export function copiedFraction({ progress }: Pick<MigrationCard, 'progress'>): number {
  if (progress.tables > 0 && progress.copiedTables === progress.tables) return 1
  const byRows = ratio(progress.copiedRows, progress.estimatedRows)
  const byBytes = ratio(progress.copiedBytes, progress.sizeBytes)
  return Math.min(byRows ?? byBytes ?? 0, 0.99)
}

function ratio(part: string, whole: string): number | undefined {
  return Number(whole) > 0 ? Number(part) / Number(whole) : undefined
}

/** Of the full copy; undefined as long as there is too little to tell by. */
export function copySecondsLeft(
  migration: Pick<MigrationCard, 'steps' | 'progress'>,
  now: Date,
): number | undefined {
  const step = runningStep(migration)
  if (step?.name !== 'FULL_COPY' || step.startedAt === null) return undefined
  const fraction = copiedFraction(migration)
  const elapsed = (now.getTime() - Date.parse(step.startedAt)) / 1000
  return fraction < 0.03 || elapsed < 10 ? undefined : (elapsed * (1 - fraction)) / fraction
}

/** Until nothing is left to apply, if it goes on as it did; undefined when it does not get less. */
export function catchUpSecondsLeft({ recentLag }: Pick<MigrationCard, 'recentLag'>): number | undefined {
  const first = recentLag[0]
  const last = recentLag.at(-1)
  if (first === undefined || last === undefined || last.seconds < caughtUpSeconds) return undefined
  const elapsed = (Date.parse(last.at) - Date.parse(first.at)) / 1000
  const applied = Number(first.bytes) - Number(last.bytes)
  return applied <= 0 || elapsed <= 0 ? undefined : (Number(last.bytes) * elapsed) / applied
}

/** Behind by less than this is not worth a word. */
export const caughtUpSeconds = 5
