import type { Lsn } from '../replication/lsn.ts'
import type { Relation, Tuple } from '../replication/index.ts'

/** A change of one row. `old` is the old key or row where the stream has it; `row` the new row, null for a delete. */
export interface RowChange {
  readonly kind: 'insert' | 'update' | 'delete'
  readonly relation: Relation
  readonly old: Tuple | null
  readonly row: Tuple | null
}

export interface Truncation {
  readonly kind: 'truncate'
  readonly relations: readonly Relation[]
  readonly cascade: boolean
  readonly restartIdentity: boolean
}

export type Change = RowChange | Truncation

/** A transaction of the source, or the next piece of one that is too large to be held at once. */
export interface TransactionPart {
  readonly commitLsn: Lsn
  /** Microseconds since 2000-01-01 UTC. */
  readonly commitMicros: bigint
  readonly changes: readonly Change[]
  /** Where its commit ends; null when more of it follows. */
  readonly endLsn: Lsn | null
}

/** What is applied at once: whole transactions in their order, or one piece of a large one. */
export interface Batch {
  readonly parts: readonly TransactionPart[]
  readonly changeCount: number
}
