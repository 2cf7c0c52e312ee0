/** Builds messages of pgoutput for tests, by the documented formats. */
export function int8(value: number): Buffer {
  return Buffer.from([value])
}

export function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value | 0)
  return bytes
}

export function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt.asUintN(64, value))
  return bytes
}

export function text(value: string): Buffer {
  return Buffer.from(`${value}\0`)
}

/** A column: null, unchanged TOAST (undefined), or its printed value. */
export type ColumnValue = string | null | undefined

export function tuple(values: readonly ColumnValue[]): Buffer {
  return Buffer.concat([int16(values.length), ...values.map(column)])
}

function column(value: ColumnValue): Buffer {
  if (value === null) return Buffer.from('n')
  if (value === undefined) return Buffer.from('u')
  const bytes = Buffer.from(value)
  return Buffer.concat([Buffer.from('t'), int32(bytes.length), bytes])
}

export function message(type: string, ...parts: Buffer[]): Buffer {
  return Buffer.concat([Buffer.from(type), ...parts])
}
