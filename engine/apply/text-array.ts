import { columnKind, columnOffset, type Tuple } from '../replication/index.ts'
import { lacking } from './rows.ts'

/** The binary form of an array of one dimension: dimensions, flags, element type, length, lower bound. */
const headerBytes = 20
const textOid = 25
const lengthBytes = 4
/** Below this, a loop is faster than a call into native code. */
const loopBytes = 48

/**
 * One column of many rows as a binary text[]. The stream's form of a value, an int32 length and the bytes, is also
 * that of an array's element: bytes are moved, never looked at.
 * @see https://github.com/postgres/postgres/blob/master/src/backend/utils/adt/arrayfuncs.c array_recv
 */
export function encodeTextArray(rows: readonly Tuple[], column: number): Buffer {
  const { sizeBytes, hasNull } = measure(rows, column)
  const array = Buffer.allocUnsafe(headerBytes + sizeBytes)
  array.writeInt32BE(1, 0)
  array.writeInt32BE(hasNull ? 1 : 0, 4)
  array.writeInt32BE(textOid, 8)
  array.writeInt32BE(rows.length, 12)
  array.writeInt32BE(1, 16)
  let at = headerBytes
  for (const row of rows) {
    const { bytes } = row
    const offset = columnOffset(row, column)
    if (bytes[offset] === columnKind.null) {
      array.writeInt32BE(-1, at)
      at += lengthBytes
    } else {
      const start = offset + 1
      const end = start + lengthBytes + bytes.readInt32BE(start)
      at = copyBytes(bytes, start, end, array, at)
    }
  }
  return array
}

function measure(rows: readonly Tuple[], column: number): { sizeBytes: number; hasNull: boolean } {
  let sizeBytes = rows.length * lengthBytes
  let hasNull = false
  for (const row of rows) {
    const { bytes } = row
    const offset = columnOffset(row, column)
    const kind = bytes[offset]
    if (kind === columnKind.text) sizeBytes += bytes.readInt32BE(offset + 1)
    else if (kind === columnKind.null) hasNull = true
    else throw lacking('value')
  }
  return { sizeBytes, hasNull }
}

function copyBytes(from: Buffer, start: number, end: number, to: Buffer, at: number): number {
  if (end - start > loopBytes) return at + from.copy(to, at, start, end)
  let position = at
  for (let index = start; index < end; index++) to[position++] = from[index] ?? 0
  return position
}
