import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isGodwitError } from '../../../engine/index.ts'
import {
  isUnchanged,
  MessageDecoder,
  type ReplicationMessage,
  type Tuple,
  valueAt,
} from '../../../engine/replication/index.ts'
import { type ColumnValue, int16, int32, int64, int8, message, text, tuple } from './message-bytes.ts'

interface Table {
  readonly id: number
  readonly columns: number
}

/** Described before any other message. */
const tables: readonly Table[] = [
  { id: 7, columns: 3 },
  { id: 0xffff_ffff, columns: 1 },
]

const describe = ({ id, columns }: Table) =>
  message(
    'R',
    int32(id),
    text('public'),
    text(`t${id}`),
    Buffer.from('d'),
    int16(columns),
    ...Array.from({ length: columns }, (_, index) =>
      Buffer.concat([int8(index === 0 ? 1 : 0), text(`c${index}`), int32(25), int32(-1)]),
    ),
  )

function makeDecoder(): MessageDecoder {
  const decoder = new MessageDecoder()
  for (const table of tables) {
    const bytes = describe(table)
    decoder.decode(bytes, 0, bytes.length)
  }
  return decoder
}

const decode = (bytes: Buffer) => makeDecoder().decode(bytes, 0, bytes.length)

const id = fc.integer({ min: 0, max: 0xffff_ffff })
const lsn = fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn })
const micros = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const name = fc.string({ unit: 'binary', maxLength: 12 }).map((value) => value.replaceAll('\0', ''))
const value = fc.oneof(fc.constant(null), fc.constant(undefined), fc.string({ unit: 'binary' }))
const table = fc.constantFrom(...tables)
/** A table and two rows of it. */
const rows = table.chain(({ id: tableId, columns }) => {
  const values = fc.array(value, { minLength: columns, maxLength: columns })
  return fc.record({ id: fc.constant(tableId), one: values, other: values })
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
    expected: { kind: 'commit', endLsn },
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
  rows.map(({ id: tableId, one }) => ({
    bytes: message('I', int32(tableId), Buffer.from('N'), tuple(one)),
    expected: { kind: 'insert', table: tableId, old: null, row: one },
  })),
  fc.tuple(rows, fc.constantFrom('K', 'O')).map(([{ id: tableId, one, other }, type]) => ({
    bytes: message('U', int32(tableId), Buffer.from(type), tuple(other), Buffer.from('N'), tuple(one)),
    expected: { kind: 'update', table: tableId, old: other, row: one },
  })),
  rows.map(({ id: tableId, one }) => ({
    bytes: message('U', int32(tableId), Buffer.from('N'), tuple(one)),
    expected: { kind: 'update', table: tableId, old: null, row: one },
  })),
  fc.tuple(rows, fc.constantFrom('K', 'O')).map(([{ id: tableId, one }, type]) => ({
    bytes: message('D', int32(tableId), Buffer.from(type), tuple(one)),
    expected: { kind: 'delete', table: tableId, old: one, row: null },
  })),
  fc
    .tuple(fc.array(table, { maxLength: 4 }), fc.boolean(), fc.boolean())
    .map(([truncated, cascade, restartIdentity]) => ({
      bytes: message(
        'T',
        int32(truncated.length),
        int8((cascade ? 1 : 0) + (restartIdentity ? 2 : 0)),
        ...truncated.map(({ id: tableId }) => int32(tableId)),
      ),
      expected: {
        kind: 'truncate',
        tables: truncated.map(({ id: tableId }) => tableId),
        cascade,
        restartIdentity,
      },
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

/** The message with its tables as ids and its rows as values. */
function readable(decoded: ReplicationMessage): unknown {
  if (decoded.kind === 'truncate') {
    const { relations, ...rest } = decoded
    return { ...rest, tables: relations.map(({ id: tableId }) => tableId) }
  }
  if (!('row' in decoded)) return decoded
  return {
    kind: decoded.kind,
    table: decoded.relation.id,
    old: decoded.old === null ? null : valuesOf(decoded.old),
    row: decoded.row === null ? null : valuesOf(decoded.row),
  }
}

function valuesOf(row: Tuple): ColumnValue[] {
  return Array.from({ length: row.length }, (_, index) =>
    isUnchanged(row, index) ? undefined : (valueAt(row, index)?.toString() ?? null),
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
      const decoded = makeDecoder().decode(buffer, before.length, before.length + bytes.length)
      expect(readable(decoded)).toEqual(expected)
    }),
  )
})

test('a message that is cut short is a protocol violation, whatever bytes follow', () => {
  fc.assert(
    fc.property(sample, fc.nat(), ({ bytes }, cut) => {
      expect(() => makeDecoder().decode(bytes, 0, cut % bytes.length)).toThrow(
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

test('a change of a table that was not described is a protocol violation', () => {
  const bytes = message('I', int32(8), Buffer.from('N'), tuple(['x']))
  expect(() => decode(bytes)).toThrow(expect.objectContaining({ code: 'PROTOCOL_VIOLATION' }))
})

test('a row with more or fewer columns than its table is a protocol violation', () => {
  for (const values of [[], ['1', '2'], ['1', '2', '3', '4']]) {
    const bytes = message('I', int32(7), Buffer.from('N'), tuple(values))
    expect(() => decode(bytes)).toThrow(expect.objectContaining({ code: 'PROTOCOL_VIOLATION' }))
  }
})

test('a table that is described as before is the same object, and another one when it has changed', () => {
  const decoder = makeDecoder()
  const learn = (described: Table) => {
    const bytes = describe(described)
    return decoder.decode(bytes, 0, bytes.length)
  }
  const first = learn({ id: 7, columns: 3 })
  const again = learn({ id: 7, columns: 3 })
  const changed = learn({ id: 7, columns: 4 })
  expect(first.kind === 'relation' && again.kind === 'relation' && first.relation === again.relation).toBe(
    true,
  )
  expect(changed).not.toEqual(first)
})
