import type { Change, Lsn } from '../replication/index.ts'

/** A transaction of the source, or the next piece of one that is too large to be held at once. */
export interface TransactionPart {
  readonly commitLsn: Lsn
  /** Microseconds since 2000-01-01 UTC. */
  readonly commitMicros: bigint
  /** Its changes are those of the batch from here … */
  readonly from: number
  /** … to before here. */
  readonly to: number
  /** Where its commit ends; null when more of it follows. */
  readonly endLsn: Lsn | null
}

/** What is applied at once: whole transactions in their order, or one piece of a large one. */
export interface Batch {
  readonly changes: readonly Change[]
  readonly parts: readonly TransactionPart[]
}
