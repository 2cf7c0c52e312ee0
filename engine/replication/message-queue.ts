const slabSizeBytes = 256 * 1024

/** Messages in the order of their arrival: message i lies between `ends[i - 1]`, or `start` for the first, and `ends[i]`. */
export interface MessageChunk {
  readonly bytes: Buffer
  readonly start: number
  readonly ends: readonly number[]
}

/**
 * Holds messages until they are taken. They are copied out of the connection's buffer, which is overwritten, into
 * large slabs, so that no message costs an allocation of its own.
 */
export class MessageQueue {
  #slab = Buffer.alloc(0)
  #start = 0
  #used = 0
  #ends: number[] = []
  readonly #full: MessageChunk[] = []
  #sizeBytes = 0

  /** Of all messages that wait. */
  get sizeBytes(): number {
    return this.#sizeBytes
  }

  append(message: Buffer): void {
    if (message.length > this.#slab.length - this.#used) this.#startSlab(message.length)
    message.copy(this.#slab, this.#used)
    this.#used += message.length
    this.#ends.push(this.#used)
    this.#sizeBytes += message.length
  }

  /** The messages that have waited longest, at most a slab of them; undefined when none waits. */
  take(): MessageChunk | undefined {
    const chunk = this.#full.shift() ?? this.#takeCurrent()
    if (chunk !== undefined) this.#sizeBytes -= (chunk.ends.at(-1) ?? chunk.start) - chunk.start
    return chunk
  }

  #startSlab(neededBytes: number): void {
    const chunk = this.#takeCurrent()
    if (chunk !== undefined) this.#full.push(chunk)
    this.#slab = Buffer.allocUnsafeSlow(Math.max(slabSizeBytes, neededBytes))
    this.#start = 0
    this.#used = 0
  }

  #takeCurrent(): MessageChunk | undefined {
    if (this.#ends.length === 0) return undefined
    const chunk = { bytes: this.#slab, start: this.#start, ends: this.#ends }
    this.#start = this.#used
    this.#ends = []
    return chunk
  }
}
