/**
 * The first byte of a column in a row of the change stream.
 * @see https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html#PROTOCOL-LOGICALREP-MESSAGE-FORMATS-TUPLEDATA
 */
export const columnKind = { null: 0x6e, unchanged: 0x75, text: 0x74, binary: 0x62 } as const

/**
 * A row as it came: the bytes of the stream, and where each column begins in them. A column is its kind, and for a
 * value an int32 length and the bytes as the source printed them. Nothing is parsed, copied or made a string.
 */
export interface Tuple {
  readonly bytes: Buffer
  /** Where each column's kind is in `bytes`, from index `first` on. Shared by many rows: an array each costs too much. */
  readonly offsets: Int32Array
  readonly first: number
  /** Number of columns. */
  readonly length: number
  /** Whether any column is unchanged TOAST, which the stream leaves out. */
  readonly hasUnchanged: boolean
}

const kindSize = 1
const lengthSize = 4

/** Where the column begins, with its kind. */
export function columnOffset(tuple: Tuple, column: number): number {
  const offset = column < tuple.length ? tuple.offsets[tuple.first + column] : undefined
  if (offset === undefined) throw new RangeError(`the row has no column ${column}`)
  return offset
}

/** One of `columnKind`. */
export function kindAt(tuple: Tuple, column: number): number {
  return tuple.bytes[columnOffset(tuple, column)] ?? 0
}

/** Whether the column is TOAST that the change did not touch, so that its value is not there. */
export function isUnchanged(tuple: Tuple, column: number): boolean {
  return tuple.hasUnchanged && kindAt(tuple, column) === columnKind.unchanged
}

/** Where the column's length and value are: the form that elements of a binary array have too. Null for NULL. */
function encodedRange(tuple: Tuple, column: number): { readonly start: number; readonly end: number } | null {
  const offset = columnOffset(tuple, column)
  const start = offset + kindSize
  const kind = tuple.bytes[offset]
  if (kind === columnKind.text || kind === columnKind.binary) {
    return { start, end: start + lengthSize + tuple.bytes.readInt32BE(start) }
  }
  return null
}

/** The value as the source printed it, still in the stream's bytes; null for NULL and for unchanged TOAST. */
export function valueAt(tuple: Tuple, column: number): Buffer | null {
  const range = encodedRange(tuple, column)
  return range === null ? null : tuple.bytes.subarray(range.start + lengthSize, range.end)
}

/** The row with what it leaves out, in all columns or only in the given ones, taken from an earlier one. */
export function fillUnchanged(row: Tuple, earlier: Tuple, only?: readonly number[]): Tuple {
  if (!row.hasUnchanged) return row
  const mayFill = (column: number) => only === undefined || only.includes(column)
  const sources = Array.from({ length: row.length }, (_, column) =>
    isUnchanged(row, column) && mayFill(column) ? earlier : row,
  )
  if (sources.every((source) => source === row)) return row
  const parts: Buffer[] = []
  const offsets = new Int32Array(row.length)
  let size = 0
  for (const [column, source] of sources.entries()) {
    const start = columnOffset(source, column)
    const end = encodedRange(source, column)?.end ?? start + kindSize
    offsets[column] = size
    parts.push(source.bytes.subarray(start, end))
    size += end - start
  }
  const hasUnchanged = sources.some((source, column) => isUnchanged(source, column))
  return { bytes: Buffer.concat(parts, size), offsets, first: 0, length: row.length, hasUnchanged }
}

/**
 * The values of some columns as a string that is the same exactly when the bytes are: to find rows in a map, not to
 * be read. Values cannot hold a zero byte, which separates them here.
 */
export function identityOf(tuple: Tuple, columns: readonly number[]): string {
  const first = columns[0]
  if (columns.length === 1 && first !== undefined) return identityOfColumn(tuple, first)
  return columns.map((column) => identityOfColumn(tuple, column)).join('\0')
}

function identityOfColumn(tuple: Tuple, column: number): string {
  const range = encodedRange(tuple, column)
  // The kind sets NULL apart from an empty value.
  if (range === null) return String.fromCharCode(0x100 + kindAt(tuple, column))
  return tuple.bytes.toString('latin1', range.start + lengthSize, range.end)
}
