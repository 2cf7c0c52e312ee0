import { columnKind, columnOffset, type Tuple } from '../replication/index.ts'
import { lacking } from './rows.ts'

const tab = 0x09
const newline = 0x0a
const carriageReturn = 0x0d
const backslash = 0x5c
/** What follows the backslash in place of the byte. */
const escapeOf: Readonly<Record<number, number>> = {
  [tab]: 0x74,
  [newline]: 0x6e,
  [carriageReturn]: 0x72,
  [backslash]: backslash,
}
const nullMark = Buffer.from(String.raw`\N`, 'latin1')
const lengthBytes = 4
/** From here on, asking native code for the bytes to escape is faster than looking at each. */
const longBytes = 256

/**
 * Rows in the text format of COPY. Values are moved as the source printed them; only the bytes that the format itself
 * uses are escaped.
 * @see https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.2
 */
export function encodeCopyText(rows: readonly Tuple[], columns: readonly number[]): Buffer {
  const text = new CopyText(measure(rows, columns))
  for (const row of rows) {
    const { bytes } = row
    let separator = 0
    for (const column of columns) {
      const offset = columnOffset(row, column)
      if (separator !== 0) text.addByte(separator)
      separator = tab
      if (bytes[offset] === columnKind.text) {
        const start = offset + 1 + lengthBytes
        text.addValue(bytes, start, start + bytes.readInt32BE(offset + 1))
      } else if (bytes[offset] === columnKind.null) text.addValueless()
      else throw lacking('value')
    }
    text.addByte(newline)
  }
  return text.finish()
}

/** What is needed when nothing has to be escaped. */
function measure(rows: readonly Tuple[], columns: readonly number[]): number {
  let sizeBytes = rows.length * columns.length * (nullMark.length + 1)
  for (const row of rows) {
    const { bytes } = row
    for (const column of columns) {
      const offset = columnOffset(row, column)
      if (bytes[offset] === columnKind.text) sizeBytes += bytes.readInt32BE(offset + 1)
    }
  }
  return sizeBytes
}

class CopyText {
  #bytes: Buffer
  #at = 0

  constructor(expectedBytes: number) {
    this.#bytes = Buffer.allocUnsafe(expectedBytes)
  }

  addByte(byte: number): void {
    this.#reserve(1)
    this.#bytes[this.#at++] = byte
  }

  addValueless(): void {
    this.#reserve(nullMark.length)
    this.#at += nullMark.copy(this.#bytes, this.#at)
  }

  addValue(from: Buffer, start: number, end: number): void {
    if (end - start >= longBytes && !needsEscape(from.subarray(start, end))) {
      this.#reserve(end - start)
      this.#at += from.copy(this.#bytes, this.#at, start, end)
    } else this.#addEscaped(from, start, end)
  }

  finish(): Buffer {
    return this.#bytes.subarray(0, this.#at)
  }

  #addEscaped(from: Buffer, start: number, end: number): void {
    this.#reserve(2 * (end - start))
    const to = this.#bytes
    let at = this.#at
    for (let index = start; index < end; index++) {
      const byte = from[index] ?? 0
      const escape = byte <= carriageReturn || byte === backslash ? escapeOf[byte] : undefined
      if (escape === undefined) to[at++] = byte
      else {
        to[at++] = backslash
        to[at++] = escape
      }
    }
    this.#at = at
  }

  #reserve(sizeBytes: number): void {
    const needed = this.#at + sizeBytes
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length))
    this.#bytes.copy(larger, 0, 0, this.#at)
    this.#bytes = larger
  }
}

function needsEscape(value: Buffer): boolean {
  return (
    value.includes(backslash) ||
    value.includes(newline) ||
    value.includes(tab) ||
    value.includes(carriageReturn)
  )
}
