import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeCopyText } from '../../../engine/apply/copy-text.ts'
import { encodeTextArray } from '../../../engine/apply/text-array.ts'
import { columnKind, type Tuple } from '../../../engine/replication/index.ts'

/** A row as the stream has it. */
function toTuple(values: readonly (Buffer | null)[]): Tuple {
  const columns: number[] = []
  let bytes = Buffer.from([1, 2, 3])
  for (const value of values) {
    columns.push(bytes.length)
    const length = Buffer.alloc(4)
    length.writeInt32BE(value?.length ?? 0)
    const kind = Buffer.from([value === null ? columnKind.null : columnKind.text])
    bytes = Buffer.concat([bytes, kind, ...(value === null ? [] : [length, value])])
  }
  return { bytes, offsets: Int32Array.from(columns), first: 0, length: columns.length, hasUnchanged: false }
}

/** Reads COPY's text format as its documentation says. */
function readCopyText(text: string): (string | null)[][] {
  const unescaped: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\' }
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  return lines.map((line) =>
    line
      .split('\t')
      .map((value) =>
        value === String.raw`\N`
          ? null
          : value.replaceAll(/\\(.)/g, (_, letter: string) => unescaped[letter] ?? '?'),
      ),
  )
}

const value = fc.oneof(
  fc.constant(null),
  fc.stringMatching(/^[a\\\t\n\rN.é😀]*$/u),
  fc.stringMatching(/^[a\\\t\n\rN]{250,600}$/),
  fc.string({ unit: 'binary', maxLength: 600 }).map((text) => text.replaceAll('\0', '')),
)
const table = fc
  .integer({ min: 1, max: 4 })
  .chain((columns) =>
    fc
      .array(fc.array(value, { minLength: columns, maxLength: columns }), { maxLength: 8 })
      .map((rows) => ({ columns, rows })),
  )
const toTuples = (rows: readonly (readonly (string | null)[])[]) =>
  rows.map((row) => toTuple(row.map((text) => (text === null ? null : Buffer.from(text)))))

test('rows in the format of COPY read back as they were', () => {
  fc.assert(
    fc.property(table, ({ columns, rows }) => {
      const text = encodeCopyText(
        toTuples(rows),
        Array.from({ length: columns }, (_, index) => index),
      )
      expect(readCopyText(text.toString())).toEqual(rows)
    }),
  )
})

test('only the columns that are asked for are written, in their order', () => {
  const text = encodeCopyText(toTuples([['a', 'b', null]]), [2, 0])
  expect(text.toString()).toBe('\\N\ta\n')
})

test('a value that no table could hold at once grows the text only as far as it must', () => {
  const long = Buffer.alloc(3_000_000, 'x')
  const text = encodeCopyText([toTuple([long, Buffer.alloc(1_000_000, '\\')])], [0, 1])
  expect(text.length).toBe(3_000_000 + 1 + 2_000_000 + 1)
})

test('a column as a binary array has its rows in their order', () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 8 }), (values) => {
      const array = encodeTextArray(toTuples(values.map((one) => [one])), 0)
      const header = [0, 4, 8, 12, 16].map((offset) => array.readInt32BE(offset))
      expect(header).toEqual([1, values.includes(null) ? 1 : 0, 25, values.length, 1])
      const elements: (string | null)[] = []
      let at = 20
      while (at < array.length) {
        const length = array.readInt32BE(at)
        elements.push(length === -1 ? null : array.toString('utf8', at + 4, at + 4 + length))
        at += 4 + Math.max(length, 0)
      }
      expect(elements).toEqual(values)
    }),
  )
})

test('a row that lacks a value is a protocol violation', () => {
  const bytes = Buffer.from([columnKind.unchanged])
  const row: Tuple = { bytes, offsets: new Int32Array(1), first: 0, length: 1, hasUnchanged: true }
  const violation = expect.objectContaining({ code: 'PROTOCOL_VIOLATION' })
  expect(() => encodeCopyText([row], [0])).toThrow(violation)
  expect(() => encodeTextArray([row], 0)).toThrow(violation)
})
