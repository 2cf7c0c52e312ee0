/** Where a migration is in its life. SPEC.md says what each means and why. */
export const statuses = [
  'DRAFT',
  'VERIFYING',
  'VERIFY_FAILED',
  'READY',
  'SCHEDULED',
  'QUEUED',
  'RUNNING',
  'PAUSED',
  'COMPLETING',
  'COMPLETED',
  'FAILED',
  'CANCELLING',
  'CANCELLED',
] as const

export type Status = (typeof statuses)[number]

/** What a person (through the API) may ask of a migration. */
export const actions = [
  'VERIFY',
  'START',
  'SCHEDULE',
  'UNSCHEDULE',
  'PAUSE',
  'RESUME',
  'RETRY',
  'COMPLETE',
  'EDIT',
  'CANCEL',
] as const

export type Action = (typeof actions)[number]

/** What the worker that owns a migration reports of it. */
export const reports = [
  'VERIFY_PASSED',
  'VERIFY_REFUSED',
  'START_DUE',
  'START_REFUSED',
  'BEGUN',
  'COPY_FINISHED',
  'COMPLETION_REFUSED',
  'FINISHED',
  'CLEANED_UP',
  'FAILED',
] as const

export type Report = (typeof reports)[number]

/** Statuses in which a worker has something to do; in SCHEDULED, when the time has come. */
export const activeStatuses = [
  'VERIFYING',
  'SCHEDULED',
  'QUEUED',
  'RUNNING',
  'COMPLETING',
  'CANCELLING',
] as const satisfies Status[]

export type ActiveStatus = (typeof activeStatuses)[number]

/**
 * What does not wait until a worker has room: writers or people wait for it, and it is short. A source may be fenced
 * in the first two.
 */
export const urgentStatuses = ['COMPLETING', 'CANCELLING', 'VERIFYING'] as const satisfies ActiveStatus[]

/** Whether a worker has something to do in this status. */
export function isActive(status: Status): status is ActiveStatus {
  return activeStatuses.some((active) => active === status)
}

/** Whether nothing will happen to a migration in this status any more. */
export function isEnded(status: Status): boolean {
  return status === 'COMPLETED' || status === 'CANCELLED'
}
