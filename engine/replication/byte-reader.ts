import { GodwitError } from '../errors.ts'

/**
 * Reads one message of the replication protocol, and refuses to read past its end. Integers are in network order.
 * @see https://www.postgresql.org/docs/current/protocol-message-types.html
 */
export class ByteReader {
  readonly bytes: Buffer
  readonly #end: number
  #offset: number

  constructor(bytes: Buffer, start: number, end: number) {
    if (start < 0 || end > bytes.length || start > end) throw new RangeError('message outside of its buffer')
    this.bytes = bytes
    this.#offset = start
    this.#end = end
  }

  get offset(): number {
    return this.#offset
  }

  uint8(): number {
    return this.bytes.readUInt8(this.skip(1))
  }

  int16(): number {
    return this.bytes.readInt16BE(this.skip(2))
  }

  int32(): number {
    return this.bytes.readInt32BE(this.skip(4))
  }

  uint32(): number {
    return this.bytes.readUInt32BE(this.skip(4))
  }

  int64(): bigint {
    return this.bytes.readBigInt64BE(this.skip(8))
  }

  uint64(): bigint {
    return this.bytes.readBigUInt64BE(this.skip(8))
  }

  /** A string that ends with a zero byte. */
  cString(): string {
    const start = this.#offset
    const zero = this.bytes.indexOf(0, start)
    if (zero === -1 || zero >= this.#end) throw truncated()
    this.#offset = zero + 1
    return this.bytes.toString('utf8', start, zero)
  }

  /** Steps over `length` bytes and returns where they begin. */
  skip(length: number): number {
    const start = this.#offset
    if (length < 0 || length > this.#end - start) throw truncated()
    this.#offset = start + length
    return start
  }

  /** To be called last: a message that is longer than its content was misunderstood. */
  expectEnd(): void {
    if (this.#offset !== this.#end) throw violation('is longer than its content')
  }
}

/** What is wrong with a message, without what is in it. */
export function violation(what: string): GodwitError {
  return new GodwitError('PROTOCOL_VIOLATION', `A message of the change stream ${what}.`)
}

function truncated(): GodwitError {
  return violation('ends too early')
}
