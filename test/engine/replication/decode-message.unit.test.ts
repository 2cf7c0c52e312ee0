import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isGodwitError } from '../../../engine/index.ts'
import {
  decodeMessage,
  type ReplicationMessage,
  type Tuple,
  valueAt,
} from '../../../engine/replication/index.ts'
import { type ColumnValue, int16, int32, int64, int8, message, text, tuple } from './message-bytes.ts'

const decode = (bytes: Buffer) => decodeMessage(bytes, 0, bytes.length)

const id = fc.integer({ min: 0, max: 0xffff_ffff })
const lsn = fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn })
const micros = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const name = fc.string({ unit: 'binary', maxLength: 12 }).map((value) => value.replaceAll('\0', ''))
const values = fc.array(fc.oneof(fc.constant(null), fc.constant(undefined), fc.string({ unit: 'binary' })), {
  maxLength: 6,
})

interface Sample {
  readonly bytes: Buffer
  readonly expected: unknown
}

/** Every kind of message with what it means. */
const sample: fc.Arbitrary<Sample> = fc.oneof(
  fc.tuple(lsn, micros, id).map(([commitLsn, commitMicros, xid]) => ({
    bytes: message('B', int64(commitLsn), int64(commitMicros), int32(xid)),
    expected: { kind: 'begin', commitLsn, commitMicros, xid },
  })),
  fc.tuple(lsn, lsn, micros).map(([commitLsn, endLsn, commitMicros]) => ({
    bytes: message('C', int8(0), int64(commitLsn), int64(endLsn), int64(commitMicros)),
    expected: { kind: 'commit', commitLsn, endLsn, commitMicros },
  })),
  fc.tuple(lsn, name).map(([commitLsn, origin]) => ({
    bytes: message('O', int64(commitLsn), text(origin)),
    expected: { kind: 'origin', commitLsn, name: origin },
  })),
  fc.tuple(id, name, name).map(([oid, schema, type]) => ({
    bytes: message('Y', int32(oid), text(schema), text(type)),
    expected: { kind: 'type', oid, schema, name: type },
  })),
  fc
    .tuple(
      id,
      name,
      name,
      fc.constantFrom('d', 'n', 'f', 'i'),
      fc.array(fc.tuple(fc.boolean(), name, id, fc.integer()), { maxLength: 5 }),
    )
    .map(([relationId, schema, table, replicaIdentity, columns]) => ({
      bytes: message(
        'R',
        int32(relationId),
        text(schema),
        text(table),
        Buffer.from(replicaIdentity),
        int16(columns.length),
        ...columns.flatMap(([inIdentity, column, type, modifier]) => [
          int8(inIdentity ? 1 : 0),
          text(column),
          int32(type),
          int32(modifier),
        ]),
      ),
      expected: {
        kind: 'relation',
        relation: {
          id: relationId,
          schema: schema === '' ? 'pg_catalog' : schema,
          name: table,
          replicaIdentity,
          columns: columns.map(([inIdentity, column, typeOid, typeModifier]) => ({
            name: column,
            inIdentity,
            typeOid,
            typeModifier: typeModifier | 0,
          })),
        },
      },
    })),
  fc.tuple(id, values).map(([relationId, row]) => ({
    bytes: message('I', int32(relationId), Buffer.from('N'), tuple(row)),
    expected: { kind: 'insert', relationId, row },
  })),
  fc
    .tuple(id, values, fc.option(fc.tuple(fc.constantFrom('K', 'O'), values)))
    .map(([relationId, row, old]) => ({
      bytes: message(
        'U',
        int32(relationId),
        ...(old === null ? [] : [Buffer.from(old[0]), tuple(old[1])]),
        Buffer.from('N'),
        tuple(row),
      ),
      expected: { kind: 'update', relationId, old: old === null ? null : old[1], row },
    })),
  fc.tuple(id, values, fc.constantFrom('K', 'O')).map(([relationId, old, type]) => ({
    bytes: message('D', int32(relationId), Buffer.from(type), tuple(old)),
    expected: { kind: 'delete', relationId, old },
  })),
  fc
    .tuple(fc.array(id, { maxLength: 4 }), fc.boolean(), fc.boolean())
    .map(([relationIds, cascade, restartIdentity]) => ({
      bytes: message(
        'T',
        int32(relationIds.length),
        int8((cascade ? 1 : 0) + (restartIdentity ? 2 : 0)),
        ...relationIds.map(int32),
      ),
      expected: { kind: 'truncate', relationIds, cascade, restartIdentity },
    })),
  fc.tuple(fc.boolean(), lsn, name, fc.uint8Array()).map(([transactional, at, prefix, content]) => ({
    bytes: message(
      'M',
      int8(transactional ? 1 : 0),
      int64(at),
      text(prefix),
      int32(content.length),
      Buffer.from(content),
    ),
    expected: { kind: 'message', transactional, lsn: at, prefix, content: Buffer.from(content) },
  })),
)

/** The message with its rows as values. */
function readable(decoded: ReplicationMessage): unknown {
  const rows: Record<string, unknown> = {}
  if ('row' in decoded) rows['row'] = valuesOf(decoded.row)
  if ('old' in decoded) rows['old'] = decoded.old === null ? null : valuesOf(decoded.old)
  return { ...decoded, ...rows }
}

function valuesOf(row: Tuple): ColumnValue[] {
  return row.columns.map((offset, index) =>
    row.bytes[offset] === 0x75 ? undefined : (valueAt(row, index)?.toString() ?? null),
  )
}

test('every kind of message is decoded', () => {
  fc.assert(
    fc.property(sample, ({ bytes, expected }) => {
      expect(readable(decode(bytes))).toEqual(expected)
    }),
  )
})

test('a message within a larger buffer is decoded from its place only', () => {
  fc.assert(
    fc.property(sample, fc.uint8Array(), fc.uint8Array(), ({ bytes, expected }, before, after) => {
      const buffer = Buffer.concat([before, bytes, after])
      expect(readable(decodeMessage(buffer, before.length, before.length + bytes.length))).toEqual(expected)
    }),
  )
})

test('a message that is cut short is a protocol violation, whatever bytes follow', () => {
  fc.assert(
    fc.property(sample, fc.nat(), ({ bytes }, cut) => {
      expect(() => decodeMessage(bytes, 0, cut % bytes.length)).toThrow(
        expect.objectContaining({ code: 'PROTOCOL_VIOLATION' }),
      )
    }),
  )
})

test('a message that is longer than its content is a protocol violation', () => {
  fc.assert(
    fc.property(sample, fc.uint8Array({ minLength: 1 }), ({ bytes }, more) => {
      expect(() => decode(Buffer.concat([bytes, more]))).toThrow(
        expect.objectContaining({ code: 'PROTOCOL_VIOLATION' }),
      )
    }),
  )
})

/** Whether bytes are a message, or are refused in the way that they should be. */
function isHandled(bytes: Buffer): boolean {
  try {
    decode(bytes)
    return true
  } catch (error) {
    return isGodwitError(error, 'PROTOCOL_VIOLATION')
  }
}

test('bytes of any kind are decoded or are a protocol violation, nothing else', () => {
  const types = fc
    .constantFrom('B', 'C', 'O', 'R', 'Y', 'I', 'U', 'D', 'T', 'M')
    .map((type) => Buffer.from(type))
  fc.assert(
    fc.property(
      fc.option(types, { nil: Buffer.alloc(0) }),
      fc.uint8Array({ maxLength: 60 }),
      (type, rest) => {
        expect(isHandled(Buffer.concat([type, rest]))).toBe(true)
      },
    ),
    { numRuns: 5_000 },
  )
})

test('a byte that is changed anywhere is decoded or is a protocol violation, nothing else', () => {
  fc.assert(
    fc.property(sample, fc.nat(), fc.nat(255), ({ bytes }, at, value) => {
      const changed = Buffer.from(bytes)
      changed[at % changed.length] = value
      expect(isHandled(changed)).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})
