import { ByteReader, violation } from './byte-reader.ts'
import { lsnFromBigInt } from './lsn.ts'
import type { RelationColumn, ReplicationMessage } from './messages.ts'
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

const tupleTag = { new: 0x4e, oldKey: 0x4b, oldRow: 0x4f } as const

/**
 * Decodes the message of pgoutput, protocol version 1, that lies in `bytes` from `start` to `end`. Rows of it point
 * into `bytes`.
 * @throws GodwitError PROTOCOL_VIOLATION
 * @see https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html
 */
export function decodeMessage(bytes: Buffer, start: number, end: number): ReplicationMessage {
  const reader = new ByteReader(bytes, start, end)
  const message = decodeBody(reader.uint8(), reader)
  reader.expectEnd()
  return message
}

function decodeBody(type: number, reader: ByteReader): ReplicationMessage {
  switch (type) {
    case tag.insert:
      return decodeInsert(reader)
    case tag.update:
      return decodeUpdate(reader)
    case tag.delete:
      return decodeDelete(reader)
    case tag.begin:
      return decodeBegin(reader)
    case tag.commit:
      return decodeCommit(reader)
    case tag.relation:
      return decodeRelation(reader)
    case tag.truncate:
      return decodeTruncate(reader)
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

function decodeBegin(reader: ByteReader): ReplicationMessage {
  const commitLsn = lsnFromBigInt(reader.uint64())
  return { kind: 'begin', commitLsn, commitMicros: reader.int64(), xid: reader.uint32() }
}

function decodeCommit(reader: ByteReader): ReplicationMessage {
  const flags = reader.uint8()
  if (flags !== 0) throw violation(`of a commit has the unknown flags ${flags}`)
  const commitLsn = lsnFromBigInt(reader.uint64())
  const endLsn = lsnFromBigInt(reader.uint64())
  return { kind: 'commit', commitLsn, endLsn, commitMicros: reader.int64() }
}

function decodeRelation(reader: ByteReader): ReplicationMessage {
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
  const relation = { id, schema: schema === '' ? 'pg_catalog' : schema, name, replicaIdentity, columns }
  return { kind: 'relation', relation }
}

function decodeInsert(reader: ByteReader): ReplicationMessage {
  const relationId = reader.uint32()
  expectNewRow(reader.uint8())
  return { kind: 'insert', relationId, row: readTuple(reader) }
}

function decodeUpdate(reader: ByteReader): ReplicationMessage {
  const relationId = reader.uint32()
  let next = reader.uint8()
  let old: Tuple | null = null
  if (next === tupleTag.oldKey || next === tupleTag.oldRow) {
    old = readTuple(reader)
    next = reader.uint8()
  }
  expectNewRow(next)
  return { kind: 'update', relationId, old, row: readTuple(reader) }
}

function decodeDelete(reader: ByteReader): ReplicationMessage {
  const relationId = reader.uint32()
  const next = reader.uint8()
  if (next !== tupleTag.oldKey && next !== tupleTag.oldRow) throw violation('of a delete has no old row')
  return { kind: 'delete', relationId, old: readTuple(reader) }
}

function decodeTruncate(reader: ByteReader): ReplicationMessage {
  const count = reader.int32()
  const options = reader.uint8()
  if (count < 0) throw violation('has a negative count')
  const relationIds: number[] = []
  for (let left = count; left > 0; left--) relationIds.push(reader.uint32())
  return { kind: 'truncate', relationIds, cascade: (options & 1) !== 0, restartIdentity: (options & 2) !== 0 }
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

function readTuple(reader: ByteReader): Tuple {
  const columns: number[] = []
  let hasUnchanged = false
  for (let left = readCount(reader); left > 0; left--) {
    columns.push(reader.offset)
    const kind = reader.uint8()
    if (kind === columnKind.text || kind === columnKind.binary) reader.skip(readLength(reader))
    else if (kind === columnKind.unchanged) hasUnchanged = true
    else if (kind !== columnKind.null) throw violation(`has a column of the unknown kind ${kind}`)
  }
  return { bytes: reader.bytes, columns, hasUnchanged }
}

function readLength(reader: ByteReader): number {
  const length = reader.int32()
  if (length < 0) throw violation('has a negative length')
  return length
}
