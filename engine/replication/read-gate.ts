import type { Readable } from 'node:stream'

/** Why reading is held: the queue is full, or small reads are being gathered into a large one. */
export type HoldReason = 'full' | 'gather'

/** Stops reading from a socket while there is any reason to. */
export class ReadGate {
  readonly #socket: Readable
  readonly #reasons = new Set<HoldReason>()

  constructor(socket: Readable) {
    this.#socket = socket
  }

  get isHeld(): boolean {
    return this.#reasons.size > 0
  }

  hold(reason: HoldReason): void {
    this.#reasons.add(reason)
    this.#socket.pause()
  }

  release(reason: HoldReason): void {
    if (this.#reasons.delete(reason) && this.#reasons.size === 0) this.#socket.resume()
  }
}
