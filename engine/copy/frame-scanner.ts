/** Type byte and length. */
const headerLength = 5

const copyDataType = 0x64 // 'd'

/** Where the scanner puts the bytes. Buffers are views of the chunk, good until the call returns. */
export interface FrameSink {
  /** Whole or partial CopyData messages, headers included: what one server sends, the other reads as it is. */
  onCopyData(bytes: Buffer): void
  /** Whole or partial messages of any other type. */
  onOther(bytes: Buffer): void
}

/**
 * Tells the CopyData messages in what a server sends from all others, without looking into them. One message holds
 * one row, so this is the only work that Node does per row: reading a length and jumping over it.
 * @see https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export class FrameScanner {
  /** CopyData messages begun so far. */
  frames = 0
  /** Bytes of rows announced by their headers, without the headers. */
  payloadBytes = 0

  #bodyBytesLeft = 0
  #inCopyData = false
  /** Of a header that the end of a chunk cut. */
  #headerStart: Buffer | null = null

  scan(received: Buffer, sink: FrameSink): void {
    const chunk = this.#headerStart === null ? received : Buffer.concat([this.#headerStart, received])
    this.#headerStart = null
    let offset = 0
    while (offset < chunk.length) {
      const start = offset
      offset = this.#skipRun(chunk, start)
      if (offset === start) {
        // A copy, because the sink's owner may hold on to what it gets and this outlives the chunk.
        this.#headerStart = Buffer.from(chunk.subarray(start))
        return
      }
      const run = start === 0 && offset === chunk.length ? chunk : chunk.subarray(start, offset)
      if (this.#inCopyData) sink.onCopyData(run)
      else sink.onOther(run)
    }
  }

  /** The bytes that were held back, for whoever reads the connection from here on. */
  takeRest(): Buffer | null {
    const rest = this.#headerStart
    this.#headerStart = null
    return rest
  }

  /** The end of the longest run from `start` on that goes to one side; `start` itself when a header is cut there. */
  #skipRun(chunk: Buffer, start: number): number {
    let offset = this.#skipBody(chunk, start)
    while (offset + headerLength <= chunk.length) {
      const isCopyData = chunk[offset] === copyDataType
      if (isCopyData !== this.#inCopyData && offset > start) return offset
      this.#inCopyData = isCopyData
      const length = chunk.readUInt32BE(offset + 1)
      this.#bodyBytesLeft = length - 4
      if (isCopyData) {
        this.frames += 1
        this.payloadBytes += length - 4
      }
      offset = this.#skipBody(chunk, offset + headerLength)
    }
    return offset
  }

  #skipBody(chunk: Buffer, offset: number): number {
    const skipped = Math.min(this.#bodyBytesLeft, chunk.length - offset)
    this.#bodyBytesLeft -= skipped
    return offset + skipped
  }
}
