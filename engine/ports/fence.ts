import type { ErrorCode } from '../errors.ts'

/**
 * A fence around the source of a migration. Written down before it is raised and forgotten after it was lifted, so
 * that whoever works on the migration next knows what may still be there.
 */
export interface SourceFence {
  readonly mode: 'READ_ONLY' | 'BLOCK_CONNECTIONS'
  /** When it was written down. */
  readonly since: Date
  /** The same by the source's clock, as text: sessions that began later may have begun under the fence. */
  readonly sourceTime: string
  /** Takes it away when run on the source, in this order, as often as wanted. */
  readonly undo: readonly string[]
  /** Whether people were told that it could not be lifted. */
  readonly reported: boolean
}

/** A fence as it is shown. */
export interface StandingFence extends SourceFence {
  readonly givenUp: GivenUp | null
}

/** Why a completion was given up. */
export interface GivenUp {
  readonly code: ErrorCode
  readonly message: string
  readonly remedy: string
}
