import type { Action, Report, Status } from './status.ts'

/** A pair that is refused, with the reason that the caller reads. */
interface Refusal {
  readonly refused: string
}

/** What each action or report leads to in one status. */
export type Row = Readonly<Record<Action | Report, Status | Refusal>>

export const refuse = (refused: string): Refusal => ({ refused })

export const ended = refuse('the migration has ended')
export const notVerified = refuse('verify has not passed yet')
export const busy = refuse('the migration is being verified')
export const running = refuse('the migration is running')
export const notRunning = refuse('the migration is not running')
export const started = refuse('the migration has started already')
export const leaving = refuse('the migration is being cancelled')
export const completing = refuse('the migration is being completed')
export const notScheduled = refuse('the migration is not scheduled')
export const notPaused = refuse('the migration is not paused')
export const notFailed = refuse('the migration has not failed')
export const unexpected = refuse('the owner of the migration may not report this in its status')
