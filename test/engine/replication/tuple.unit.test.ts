import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  fillUnchanged,
  identityOf,
  isUnchanged,
  MessageDecoder,
  type Tuple,
  valueAt,
} from '../../../engine/replication/index.ts'
import { type ColumnValue, int16, int32, int8, message, text, tuple } from './message-bytes.ts'

function toTuple(values: readonly ColumnValue[]): Tuple {
  const decoder = new MessageDecoder()
  const columns = values.map((_, index) => Buffer.concat([int8(0), text(`c${index}`), int32(25), int32(-1)]))
  const described = message(
    'R',
    int32(1),
    text('s'),
    text('t'),
    Buffer.from('d'),
    int16(columns.length),
    ...columns,
  )
  decoder.decode(described, 0, described.length)
  const bytes = message('I', int32(1), Buffer.from('N'), tuple(values))
  const decoded = decoder.decode(bytes, 0, bytes.length)
  if (decoded.kind !== 'insert' || decoded.row === null) throw new Error('not an insert')
  return decoded.row
}

function valuesOf(row: Tuple): ColumnValue[] {
  return Array.from({ length: row.length }, (_, index) =>
    isUnchanged(row, index) ? undefined : (valueAt(row, index)?.toString() ?? null),
  )
}

const value = fc.oneof(
  fc.constant(null),
  fc.string({ unit: 'binary' }).map((string) => string.replaceAll('\0', '')),
)

test('unchanged columns are filled, the others stay', () => {
  const column = fc.tuple(fc.oneof(value, fc.constant(undefined)), fc.oneof(value, fc.constant(undefined)))
  fc.assert(
    fc.property(fc.array(column, { maxLength: 6 }), (columns) => {
      const filled = fillUnchanged(
        toTuple(columns.map(([newer]) => newer)),
        toTuple(columns.map(([, earlier]) => earlier)),
      )
      const expected = columns.map(([newer, earlier]) => (newer === undefined ? earlier : newer))
      expect(valuesOf(filled)).toEqual(expected)
      expect(filled.hasUnchanged).toBe(expected.includes(undefined))
    }),
  )
})

test('only the columns that are asked for are filled', () => {
  const filled = fillUnchanged(toTuple([undefined, undefined, 'x']), toTuple(['a', 'b', 'c']), [1, 2])
  expect(valuesOf(filled)).toEqual([undefined, 'b', 'x'])
})

test('rows have the same identity exactly when their values are the same', () => {
  const row = fc.array(value, { minLength: 2, maxLength: 2 })
  fc.assert(
    fc.property(row, row, (one, other) => {
      const same = identityOf(toTuple(one), [0, 1]) === identityOf(toTuple(other), [0, 1])
      expect(same).toBe(one[0] === other[0] && one[1] === other[1])
    }),
  )
})

test.each([
  { one: [null, ''], other: ['', null] },
  { one: ['a', 'b'], other: ['ab', ''] },
  { one: [null, null], other: ['ŮŮ', ''] },
  { one: ['n', 'x'], other: [null, 'x'] },
])('NULL, empty values and borders between columns are told apart: $one, $other', ({ one, other }) => {
  expect(identityOf(toTuple(one), [0, 1])).not.toBe(identityOf(toTuple(other), [0, 1]))
})
