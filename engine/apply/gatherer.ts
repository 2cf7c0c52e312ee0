import { GodwitError } from '../errors.ts'
import {
  type ChangeStream,
  decodeMessage,
  formatLsn,
  type Lsn,
  type MessageChunk,
  type Relation,
  type ReplicationMessage,
} from '../replication/index.ts'
import type { Batch, Change, TransactionPart } from './change.ts'

export interface BatchLimits {
  readonly maxChanges: number
  readonly maxBytes: number
}

/** A type of the source that is not built in, by its OID there. */
export type SourceTypes = ReadonlyMap<number, { readonly schema: string; readonly name: string }>

interface OpenTransaction {
  readonly commitLsn: Lsn
  readonly commitMicros: bigint
  /** The target has it already. */
  readonly skipped: boolean
  changes: Change[]
  bytes: number
}

/** Makes transactions of messages, and batches of transactions. */
export class Gatherer {
  readonly #limits: BatchLimits
  readonly #relations = new Map<number, Relation>()
  readonly #types = new Map<number, { readonly schema: string; readonly name: string }>()
  #position: Lsn
  #chunk: MessageChunk | undefined
  #next = 0
  #ended: TransactionPart[] = []
  #endedChanges = 0
  #endedBytes = 0
  #open: OpenTransaction | null = null
  /** Of the open transaction, a piece went out before. */
  #continued = false

  /** `position`: up to where the target has everything. */
  constructor(limits: BatchLimits, position: Lsn) {
    this.#limits = limits
    this.#position = position
  }

  get types(): SourceTypes {
    return this.#types
  }

  /** End of the last commit that came, whether it changed anything or not. */
  get position(): Lsn {
    return this.#position
  }

  /** Nothing is held, and no transaction is under way. */
  get isEmpty(): boolean {
    return this.#open === null && this.#ended.length === 0
  }

  get isFull(): boolean {
    const changes = this.#endedChanges + (this.#open?.changes.length ?? 0)
    const bytes = this.#endedBytes + (this.#open?.bytes ?? 0)
    return changes >= this.#limits.maxChanges || bytes >= this.#limits.maxBytes
  }

  /** When the oldest transaction that is held was committed; null when none is. */
  get oldestCommitMicros(): bigint | null {
    return this.#ended[0]?.commitMicros ?? this.#open?.commitMicros ?? null
  }

  /** Takes in what waits, until nothing does or a batch is full. */
  takeFrom(stream: Pick<ChangeStream, 'take'>): void {
    while (!this.isFull) {
      if (this.#chunk === undefined) {
        this.#chunk = stream.take()
        this.#next = 0
        if (this.#chunk === undefined) return
      }
      this.#consume(this.#chunk)
    }
  }

  /**
   * The transactions that have ended; when there are none and `isFull`, what there is of the open one.
   */
  cut(): Batch | null {
    if (this.#ended.length > 0) return this.#cutEnded()
    if (this.#open === null || !this.isFull) return null
    const { commitLsn, commitMicros, changes } = this.#open
    this.#open.changes = []
    this.#open.bytes = 0
    this.#continued = true
    return {
      parts: [{ commitLsn, commitMicros, changes, endLsn: null }],
      changeCount: changes.length,
    }
  }

  #cutEnded(): Batch {
    const batch = { parts: this.#ended, changeCount: this.#endedChanges }
    this.#ended = []
    this.#endedChanges = 0
    this.#endedBytes = 0
    return batch
  }

  #consume(chunk: MessageChunk): void {
    while (this.#next < chunk.ends.length && !this.isFull) {
      const start = this.#next === 0 ? chunk.start : (chunk.ends[this.#next - 1] ?? 0)
      const end = chunk.ends[this.#next] ?? 0
      this.#next++
      this.#add(decodeMessage(chunk.bytes, start, end), end - start)
    }
    if (this.#next >= chunk.ends.length) this.#chunk = undefined
  }

  #add(message: ReplicationMessage, sizeBytes: number): void {
    switch (message.kind) {
      case 'insert':
        return this.#addChange(
          { kind: 'insert', relation: this.#relation(message.relationId), old: null, row: message.row },
          sizeBytes,
        )
      case 'update':
        return this.#addChange(
          {
            kind: 'update',
            relation: this.#relation(message.relationId),
            old: message.old,
            row: message.row,
          },
          sizeBytes,
        )
      case 'delete':
        return this.#addChange(
          { kind: 'delete', relation: this.#relation(message.relationId), old: message.old, row: null },
          sizeBytes,
        )
      case 'truncate': {
        const { cascade, restartIdentity } = message
        const relations = message.relationIds.map((id) => this.#relation(id))
        return this.#addChange({ kind: 'truncate', relations, cascade, restartIdentity }, sizeBytes)
      }
      case 'begin':
        return this.#begin(message.commitLsn, message.commitMicros)
      case 'commit':
        return this.#commit(message.endLsn)
      case 'relation':
        return this.#learnRelation(message.relation)
      case 'type':
        this.#types.set(message.oid, message)
        return
      case 'origin':
      case 'message':
    }
  }

  #begin(commitLsn: Lsn, commitMicros: bigint): void {
    if (this.#open !== null) throw unordered('A transaction began within another one.')
    const skipped = commitLsn < this.#position
    this.#open = { commitLsn, commitMicros, skipped, changes: [], bytes: 0 }
    this.#continued = false
  }

  #addChange(change: Change, sizeBytes: number): void {
    if (this.#open === null) throw unordered('A change came outside of any transaction.')
    if (this.#open.skipped) return
    this.#open.changes.push(change)
    this.#open.bytes += sizeBytes
  }

  #commit(endLsn: Lsn): void {
    const open = this.#open
    if (open === null) throw unordered('A commit came without its transaction.')
    this.#open = null
    if (open.skipped !== endLsn <= this.#position) {
      throw unordered(`A commit that ends at ${formatLsn(endLsn)} came after ${formatLsn(this.#position)}.`)
    }
    if (open.skipped) return
    this.#position = endLsn
    // What changes nothing needs nothing on the target, unless its pieces wait there for their commit.
    if (open.changes.length === 0 && !this.#continued) return
    const { commitLsn, commitMicros, changes } = open
    this.#ended.push({ commitLsn, commitMicros, changes, endLsn })
    this.#endedChanges += changes.length
    this.#endedBytes += open.bytes
  }

  /** The same description again stays the same object: what is known of the table on the target stays valid. */
  #learnRelation(relation: Relation): void {
    const known = this.#relations.get(relation.id)
    if (known === undefined || !isSame(known, relation)) this.#relations.set(relation.id, relation)
  }

  #relation(id: number): Relation {
    const relation = this.#relations.get(id)
    if (relation === undefined) throw unordered(`A change came of a table that was not described: ${id}.`)
    return relation
  }
}

function isSame(one: Relation, other: Relation): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function unordered(message: string): GodwitError {
  return new GodwitError('PROTOCOL_VIOLATION', message)
}
