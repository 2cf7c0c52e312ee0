/**
 * A position in the write-ahead log. A bigint inside, the text form `16/B374D848` at the edges.
 * @see https://www.postgresql.org/docs/current/datatype-pg-lsn.html
 */
export type Lsn = bigint & { readonly __brand: 'Lsn' }

const mask32 = 0xffff_ffffn

function brand(value: bigint): value is Lsn {
  return value >= 0n && value <= 0xffff_ffff_ffff_ffffn
}

/** Makes an LSN of a 64-bit number. Throws RangeError outside of 64 bits. */
export function lsnFromBigInt(value: bigint): Lsn {
  if (!brand(value)) throw new RangeError(`not a 64-bit log position: ${value}`)
  return value
}

/** Reads the text form. Throws RangeError when it is not one. */
export function parseLsn(text: string): Lsn {
  const match = /^([0-9A-Fa-f]{1,8})\/([0-9A-Fa-f]{1,8})$/.exec(text)
  if (match === null) throw new RangeError(`not a log position: ${text}`)
  return lsnFromBigInt((BigInt(`0x${match[1]}`) << 32n) | BigInt(`0x${match[2]}`))
}

/** Prints the text form, as PostgreSQL does. */
export function formatLsn(lsn: Lsn): string {
  return `${(lsn >> 32n).toString(16).toUpperCase()}/${(lsn & mask32).toString(16).toUpperCase()}`
}
