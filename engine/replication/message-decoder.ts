import { ByteReader, violation } from './byte-reader.ts'
import { lsnFromBigInt } from './lsn.ts'
import type {
  Relation,
  RelationColumn,
  ReplicationMessage,
  RowChange,
  SourceTypes,
  Truncation,
} from './messages.ts'
import { columnKind, type Tuple } from './tuple.ts'

const tag = {
  begin: 0x42,
  commit: 0x43,
  origin: 0x4f,
  relation: 0x52,
  type: 0x59,
  insert: 0x49,
  update: 0x55,
  delete: 0x44,
  truncate: 0x54,
  message: 0x4d,
} as const

/** For the columns of some thousand rows. */
const offsetsAtOnce = 16 * 1024

const tupleTag = { new: 0x4e, oldKey: 0x4b, oldRow: 0x4f } as const

/**
 * Decodes the messages of one stream of pgoutput, protocol version 1, in their order: changes name tables as they
 * were described before.
 * @see https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html
 */
export class MessageDecoder {
  readonly #relations = new Map<number, Relation>()
  #offsets = new Int32Array(0)
  #usedOffsets = 0
  readonly #types = new Map<number, { readonly schema: string; readonly name: string }>()

  get types(): SourceTypes {
    return this.#types
  }

  /**
   * Decodes the message that lies in `bytes` from `start` to `end`. Rows of it point into `bytes`.
   * @throws GodwitError PROTOCOL_VIOLATION
   */
  decode(bytes: Buffer, start: number, end: number): ReplicationMessage {
    const reader = new ByteReader(bytes, start, end)
    const message = this.#decodeBody(reader.uint8(), reader)
    reader.expectEnd()
    if (message.kind === 'relation')
      return { kind: 'relation', relation: this.#learnRelation(message.relation) }
    if (message.kind === 'type') this.#types.set(message.oid, message)
    return message
  }

  #decodeBody(type: number, reader: ByteReader): ReplicationMessage {
    switch (type) {
      case tag.insert:
        return this.#decodeInsert(reader)
      case tag.update:
        return this.#decodeUpdate(reader)
      case tag.delete:
        return this.#decodeDelete(reader)
      case tag.begin:
        return decodeBegin(reader)
      case tag.commit:
        return decodeCommit(reader)
      case tag.relation:
        return { kind: 'relation', relation: decodeRelation(reader) }
      case tag.truncate:
        return this.#decodeTruncate(reader)
      case tag.type:
        return { kind: 'type', oid: reader.uint32(), schema: reader.cString(), name: reader.cString() }
      case tag.origin:
        return { kind: 'origin', commitLsn: lsnFromBigInt(reader.uint64()), name: reader.cString() }
      case tag.message:
        return decodeLogicalMessage(reader)
      default:
        throw violation(`has the unknown type ${type}`)
    }
  }

  /** The same description again stays the same object: what is known of the table on the target stays valid. */
  #learnRelation(relation: Relation): Relation {
    const known = this.#relations.get(relation.id)
    if (known !== undefined && JSON.stringify(known) === JSON.stringify(relation)) return known
    this.#relations.set(relation.id, relation)
    return relation
  }

  #readRelation(reader: ByteReader): Relation {
    const relation = this.#relations.get(reader.uint32())
    if (relation === undefined) throw violation('is about a table that was not described')
    return relation
  }

  #decodeInsert(reader: ByteReader): RowChange {
    const relation = this.#readRelation(reader)
    expectNewRow(reader.uint8())
    return { kind: 'insert', relation, old: null, row: this.#readTuple(reader, relation) }
  }

  #decodeUpdate(reader: ByteReader): RowChange {
    const relation = this.#readRelation(reader)
    let next = reader.uint8()
    let old: Tuple | null = null
    if (next === tupleTag.oldKey || next === tupleTag.oldRow) {
      old = this.#readTuple(reader, relation)
      next = reader.uint8()
    }
    expectNewRow(next)
    return { kind: 'update', relation, old, row: this.#readTuple(reader, relation) }
  }

  #decodeDelete(reader: ByteReader): RowChange {
    const relation = this.#readRelation(reader)
    const next = reader.uint8()
    if (next !== tupleTag.oldKey && next !== tupleTag.oldRow) throw violation('of a delete has no old row')
    return { kind: 'delete', relation, old: this.#readTuple(reader, relation), row: null }
  }

  #decodeTruncate(reader: ByteReader): Truncation {
    const count = reader.int32()
    const options = reader.uint8()
    if (count < 0) throw violation('has a negative count')
    const relations: Relation[] = []
    for (let left = count; left > 0; left--) relations.push(this.#readRelation(reader))
    return { kind: 'truncate', relations, cascade: (options & 1) !== 0, restartIdentity: (options & 2) !== 0 }
  }

  #readTuple(reader: ByteReader, relation: Relation): Tuple {
    const length = readCount(reader)
    if (length !== relation.columns.length) throw violation('has another number of columns than its table')
    const first = this.#reserveOffsets(length)
    const offsets = this.#offsets
    let hasUnchanged = false
    for (let column = 0; column < length; column++) {
      offsets[first + column] = reader.offset
      const kind = reader.uint8()
      if (kind === columnKind.text || kind === columnKind.binary) reader.skip(readLength(reader))
      else if (kind === columnKind.unchanged) hasUnchanged = true
      else if (kind !== columnKind.null) throw violation(`has a column of the unknown kind ${kind}`)
    }
    return { bytes: reader.bytes, offsets, first, length, hasUnchanged }
  }

  #reserveOffsets(count: number): number {
    if (count > this.#offsets.length - this.#usedOffsets) {
      this.#offsets = new Int32Array(Math.max(offsetsAtOnce, count))
      this.#usedOffsets = 0
    }
    const first = this.#usedOffsets
    this.#usedOffsets += count
    return first
  }
}

function decodeBegin(reader: ByteReader): ReplicationMessage {
  const commitLsn = lsnFromBigInt(reader.uint64())
  return { kind: 'begin', commitLsn, commitMicros: reader.int64(), xid: reader.uint32() }
}

const commitLsnSize = 8
const commitMicrosSize = 8

function decodeCommit(reader: ByteReader): ReplicationMessage {
  const flags = reader.uint8()
  if (flags !== 0) throw violation(`of a commit has the unknown flags ${flags}`)
  // The begin has said both.
  reader.skip(commitLsnSize)
  const endLsn = lsnFromBigInt(reader.uint64())
  reader.skip(commitMicrosSize)
  return { kind: 'commit', endLsn }
}

function decodeRelation(reader: ByteReader): Relation {
  const id = reader.uint32()
  const schema = reader.cString()
  const name = reader.cString()
  const replicaIdentity = String.fromCharCode(reader.uint8())
  const columns: RelationColumn[] = []
  for (let left = readCount(reader); left > 0; left--) {
    const inIdentity = (reader.uint8() & 1) === 1
    const columnName = reader.cString()
    columns.push({
      name: columnName,
      inIdentity,
      typeOid: reader.uint32(),
      typeModifier: reader.int32(),
    })
  }
  // The stream leaves pg_catalog out.
  return { id, schema: schema === '' ? 'pg_catalog' : schema, name, replicaIdentity, columns }
}

function decodeLogicalMessage(reader: ByteReader): ReplicationMessage {
  const transactional = (reader.uint8() & 1) === 1
  const lsn = lsnFromBigInt(reader.uint64())
  const prefix = reader.cString()
  const length = reader.uint32()
  const start = reader.skip(length)
  const content = reader.bytes.subarray(start, start + length)
  return { kind: 'message', transactional, lsn, prefix, content }
}

function expectNewRow(type: number): void {
  if (type !== tupleTag.new) throw violation('of a change has no new row')
}

function readCount(reader: ByteReader): number {
  const count = reader.int16()
  if (count < 0) throw violation('has a negative count')
  return count
}

function readLength(reader: ByteReader): number {
  const length = reader.int32()
  if (length < 0) throw violation('has a negative length')
  return length
}
