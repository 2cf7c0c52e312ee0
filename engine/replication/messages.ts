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

/** Everything between a begin and its commit belongs to one transaction; transactions come in order of commit. */
export type ReplicationMessage =
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
      readonly commitLsn: Lsn
      /** Where the commit record ends: the position by which progress is kept. */
      readonly endLsn: Lsn
      readonly commitMicros: bigint
    }
  | { readonly kind: 'origin'; readonly commitLsn: Lsn; readonly name: string }
  | { readonly kind: 'relation'; readonly relation: Relation }
  | { readonly kind: 'type'; readonly oid: number; readonly schema: string; readonly name: string }
  | { readonly kind: 'insert'; readonly relationId: number; readonly row: Tuple }
  | {
      readonly kind: 'update'
      readonly relationId: number
      /** The old key where it changed, the whole old row under FULL, else null. */
      readonly old: Tuple | null
      readonly row: Tuple
    }
  | {
      readonly kind: 'delete'
      readonly relationId: number
      /** The key (other columns are NULL), or the whole row under FULL. */
      readonly old: Tuple
    }
  | {
      readonly kind: 'truncate'
      readonly relationIds: readonly number[]
      readonly cascade: boolean
      readonly restartIdentity: boolean
    }
  | {
      readonly kind: 'message'
      readonly transactional: boolean
      readonly lsn: Lsn
      readonly prefix: string
      readonly content: Buffer
    }
