import type { Lsn } from './lsn.ts'
import type { Tuple } from './tuple.ts'

/** A table as the source describes it before its first change, and again when it has changed. */
export interface Relation {
  readonly id: number
  readonly schema: string
  readonly name: string
  /** As pg_class.relreplident: d, n, f or i. */
  readonly replicaIdentity: string
  readonly columns: readonly RelationColumn[]
}

export interface RelationColumn {
  readonly name: string
  /** Part of the replica identity; under FULL all are. */
  readonly inIdentity: boolean
  readonly typeOid: number
  readonly typeModifier: number
}

/** A change of one row. */
export interface RowChange {
  readonly kind: 'insert' | 'update' | 'delete'
  readonly relation: Relation
  /**
   * Of a delete the key (other columns are NULL), of an update the old key where it changed; under FULL the whole
   * old row. Else null.
   */
  readonly old: Tuple | null
  /** Null for a delete. */
  readonly row: Tuple | null
}

export interface Truncation {
  readonly kind: 'truncate'
  readonly relations: readonly Relation[]
  readonly cascade: boolean
  readonly restartIdentity: boolean
}

export type Change = RowChange | Truncation

/** Everything between a begin and its commit belongs to one transaction; transactions come in order of commit. */
export type ReplicationMessage =
  | Change
  | {
      readonly kind: 'begin'
      /** Where the commit record begins. */
      readonly commitLsn: Lsn
      /** Microseconds since 2000-01-01 UTC. */
      readonly commitMicros: bigint
      readonly xid: number
    }
  | {
      readonly kind: 'commit'
      /** Where the commit record ends: the position by which progress is kept. */
      readonly endLsn: Lsn
    }
  | { readonly kind: 'origin'; readonly commitLsn: Lsn; readonly name: string }
  | { readonly kind: 'relation'; readonly relation: Relation }
  | { readonly kind: 'type'; readonly oid: number; readonly schema: string; readonly name: string }
  | {
      readonly kind: 'message'
      readonly transactional: boolean
      readonly lsn: Lsn
      readonly prefix: string
      readonly content: Buffer
    }

/** Types of the source that are not built in, by their OIDs there. */
export type SourceTypes = ReadonlyMap<number, { readonly schema: string; readonly name: string }>
