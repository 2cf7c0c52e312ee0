import type { Lsn } from '../replication/lsn.ts'

/** How far the changes are, for those who watch. */
export interface IncrementalProgress {
  /** The target has everything that was committed before. */
  readonly appliedLsn: Lsn
  /** Since incremental began, also under former owners. */
  readonly appliedTransactions: bigint
  readonly appliedChanges: bigint
  /**
   * When the oldest transaction that is here but not yet on the target was committed on the source, in microseconds
   * since 2000-01-01 UTC; null when there is none.
   */
  readonly oldestUnappliedCommitMicros: bigint | null
  /**
   * Grows with whatever is done in this run, also within a transaction: with each statement on the target, and with
   * changes that come while none runs there. What only gathers behind a statement that does not end is no progress.
   */
  readonly steps: number
}
