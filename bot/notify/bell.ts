import type { Clock } from '../slack/index.ts'

/** Wakes the one who waits; a ring while nobody waits is kept for the next. */
export class Bell {
  #hasRung = false
  #wake: (() => void) | undefined

  get hasRung(): boolean {
    return this.#hasRung
  }

  /** What rang so far is seen to. */
  clear(): void {
    this.#hasRung = false
  }

  ring(): void {
    this.#hasRung = true
    this.#wake?.()
  }

  /** Until it rings, or the time has passed. Resolves also when aborted. */
  async wait(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#hasRung && !signal.aborted) {
      const over = new AbortController()
      const either = AbortSignal.any([signal, over.signal])
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        either.addEventListener('abort', () => resolve(), { once: true })
        if (ms !== Infinity) clock.sleep(ms, either).then(resolve, resolve)
      })
      this.#wake = undefined
      over.abort()
    }
    this.#hasRung = false
  }
}
