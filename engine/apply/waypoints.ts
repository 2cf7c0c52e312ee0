import type { Lsn } from '../replication/index.ts'

interface Waiting {
  readonly lsn: Lsn
  readonly resolve: () => void
}

/** Positions that somebody waits for the target to reach, while changes go on being applied. */
export class Waypoints {
  #waiting: readonly Waiting[] = []
  #reached: Lsn | null = null
  #onAsked: () => void = () => {}

  /**
   * Resolves when the target has everything that the source had committed at `lsn`, and says so itself. Rejects with
   * the signal's reason when it is aborted: nothing else tells that nobody applies any more.
   */
  async reach(lsn: Lsn, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#reached !== null && this.#reached >= lsn) return
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort)
    this.#waiting = [...this.#waiting, { lsn, resolve }]
    this.#onAsked()
    try {
      await promise
    } finally {
      signal.removeEventListener('abort', abort)
      this.#waiting = this.#waiting.filter((one) => one.resolve !== resolve)
    }
  }

  /** For whoever applies: has `onAsked` called when there is a position to look for. */
  listen(onAsked: () => void): void {
    this.#onAsked = onAsked
  }

  /** For whoever applies: whether somebody waits for a position up to here. */
  isAsked(upTo: Lsn): boolean {
    return this.#waiting.some(({ lsn }) => lsn <= upTo)
  }

  /** For whoever applies: the target has everything up to here, durably. */
  pass(lsn: Lsn): void {
    this.#reached = lsn
    for (const one of this.#waiting) if (one.lsn <= lsn) one.resolve()
  }
}
