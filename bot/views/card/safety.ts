import { isDone, runningStep } from './facts.ts'
import type { MigrationStatus } from '../words/types.ts'
import type { MigrationCard } from './fragment.ts'

type Facts = Pick<MigrationCard, 'status' | 'steps' | 'kind' | 'fence'>

/** What may be done with source and target now, in a sentence or two. */
export function whatIsSafe(migration: Facts): string {
  const { status, fence } = migration
  if (fence === null || status === 'COMPLETING') return sentences[status](migration)
  return status === 'COMPLETED'
    ? 'Use the target from now on. The source stays closed to writers, so that nobody writes to it by mistake.'
    : 'Nobody can write to the source: it is still fenced. Godwit goes on trying to take the fence away.'
}

const untouched = () => 'Nothing has been changed on source or target.'

function underWay(migration: Facts): string {
  return isDone(migration, 'FULL_COPY')
    ? 'Go on using the source. Write nothing to the target yet; reading is fine.'
    : 'Go on using the source. The target is not complete yet.'
}

const sentences: Readonly<Record<MigrationStatus, (migration: Facts) => string>> = {
  DRAFT: untouched,
  VERIFYING: untouched,
  VERIFY_FAILED: untouched,
  READY: untouched,
  SCHEDULED: untouched,
  QUEUED: underWay,
  RUNNING: underWay,
  PAUSED: (migration) =>
    isDone(migration, 'FULL_COPY')
      ? 'Go on using the source. Resume goes on from here; nothing is lost.'
      : 'Go on using the source. Resume copies the rows from the beginning.',
  COMPLETING: (migration) =>
    runningStep(migration)?.name === 'RELEASE'
      ? 'The target is about to take over; there is no way back now.'
      : 'Writers wait. If anything goes wrong now, the source goes on as before.',
  COMPLETED: () => 'Use the target from now on.',
  FAILED: (migration) =>
    isDone(migration, 'FULL_COPY')
      ? 'Go on using the source. What was copied stays; retry goes on from the last checkpoint.'
      : 'Go on using the source. What is on the target is not complete.',
  CANCELLING: () => 'Go on using the source. Godwit removes what it made there; rows on the target stay.',
  CANCELLED: () => 'Go on using the source. Rows that were copied stay on the target.',
}
