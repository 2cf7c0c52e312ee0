import type { Status } from './status.ts'

/**
 * Why a migration in this status may not be deleted; null where nothing of it can be left on a server: before it has
 * started, and after its end. Total, so that a new status has to say.
 */
const obstacles: Record<Status, string | null> = {
  DRAFT: null,
  VERIFYING: 'the migration is being verified',
  VERIFY_FAILED: null,
  READY: null,
  SCHEDULED: 'the migration is scheduled',
  QUEUED: 'the migration has started',
  RUNNING: 'the migration is running',
  PAUSED: 'the migration has started, and its slot may be on the source',
  COMPLETING: 'the migration is being completed',
  COMPLETED: null,
  FAILED: 'the migration has started, and its slot may be on the source',
  CANCELLING: 'the migration is being cancelled',
  CANCELLED: null,
}

/** Pure. Null: it may be deleted. */
export function findDeleteObstacle(status: Status): string | null {
  return obstacles[status]
}
