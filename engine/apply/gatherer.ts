import { GodwitError } from '../errors.ts'
import {
  type Change,
  type ChangeStream,
  formatLsn,
  type Lsn,
  type MessageChunk,
  MessageDecoder,
  type ReplicationMessage,
  type SourceTypes,
} from '../replication/index.ts'
import type { Batch, TransactionPart } from './transaction-part.ts'

export interface BatchLimits {
  readonly maxChanges: number
  readonly maxBytes: number
}

interface OpenTransaction {
  readonly commitLsn: Lsn
  readonly commitMicros: bigint
  /** The target has it already. */
  readonly skipped: boolean
  /** Where its changes begin among those that are held. */
  from: number
}

/** Makes transactions of messages, and batches of transactions. */
export class Gatherer {
  readonly #limits: BatchLimits
  readonly #decoder = new MessageDecoder()
  #position: Lsn
  #chunk: MessageChunk | undefined
  #next = 0
  /** Of all transactions that are held, in one list: most transactions are too small for one of their own. */
  #changes: Change[] = []
  #bytes = 0
  #ended: TransactionPart[] = []
  #open: OpenTransaction | null = null
  /** Of the open transaction, a piece went out before. */
  #continued = false

  /** `position`: up to where the target has everything. */
  constructor(limits: BatchLimits, position: Lsn) {
    this.#limits = limits
    this.#position = position
  }

  get types(): SourceTypes {
    return this.#decoder.types
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
    return this.#changes.length >= this.#limits.maxChanges || this.#bytes >= this.#limits.maxBytes
  }

  /** When the oldest transaction that is held was committed; null when none is. */
  get oldestCommitMicros(): bigint | null {
    return this.#ended[0]?.commitMicros ?? this.#open?.commitMicros ?? null
  }

  /** Takes in what waits, until nothing does or a batch is full. @returns whether there was anything */
  takeFrom(stream: Pick<ChangeStream, 'take'>): boolean {
    let hasTaken = false
    while (!this.isFull) {
      if (this.#chunk === undefined) {
        this.#chunk = stream.take()
        this.#next = 0
        if (this.#chunk === undefined) break
      }
      this.#consume(this.#chunk)
      hasTaken = true
    }
    return hasTaken
  }

  /**
   * The transactions that have ended; when there are none and `isFull`, what there is of the open one.
   */
  cut(): Batch | null {
    if (this.#ended.length > 0) return this.#cutEnded()
    if (this.#open === null || !this.isFull) return null
    const { commitLsn, commitMicros } = this.#open
    const changes = this.#changes
    this.#hold([])
    this.#continued = true
    return { changes, parts: [{ commitLsn, commitMicros, from: 0, to: changes.length, endLsn: null }] }
  }

  #cutEnded(): Batch {
    const changes = this.#changes
    const parts = this.#ended
    this.#hold(changes.splice(parts.at(-1)?.to ?? 0))
    return { changes, parts }
  }

  /** Goes on with what there is of the open transaction. Its size counts afresh, which a part of a batch may. */
  #hold(changes: Change[]): void {
    this.#changes = changes
    this.#bytes = 0
    this.#ended = []
    if (this.#open !== null) this.#open.from = 0
  }

  #consume(chunk: MessageChunk): void {
    while (this.#next < chunk.ends.length && !this.isFull) {
      const start = this.#next === 0 ? chunk.start : (chunk.ends[this.#next - 1] ?? 0)
      const end = chunk.ends[this.#next] ?? 0
      this.#next++
      this.#add(this.#decoder.decode(chunk.bytes, start, end), end - start)
    }
    if (this.#next >= chunk.ends.length) this.#chunk = undefined
  }

  #add(message: ReplicationMessage, sizeBytes: number): void {
    switch (message.kind) {
      case 'insert':
      case 'update':
      case 'delete':
      case 'truncate':
        return this.#addChange(message, sizeBytes)
      case 'begin':
        return this.#begin(message.commitLsn, message.commitMicros)
      case 'commit':
        return this.#commit(message.endLsn)
      case 'relation':
      case 'type':
      case 'origin':
      case 'message':
    }
  }

  #begin(commitLsn: Lsn, commitMicros: bigint): void {
    if (this.#open !== null) throw unordered('A transaction began within another one.')
    const skipped = commitLsn < this.#position
    this.#open = { commitLsn, commitMicros, skipped, from: this.#changes.length }
    this.#continued = false
  }

  #addChange(change: Change, sizeBytes: number): void {
    if (this.#open === null) throw unordered('A change came outside of any transaction.')
    if (this.#open.skipped) return
    this.#changes.push(change)
    this.#bytes += sizeBytes
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
    const to = this.#changes.length
    if (to === open.from && !this.#continued) return
    const { commitLsn, commitMicros, from } = open
    this.#ended.push({ commitLsn, commitMicros, from, to, endLsn })
  }
}

function unordered(message: string): GodwitError {
  return new GodwitError('PROTOCOL_VIOLATION', message)
}
