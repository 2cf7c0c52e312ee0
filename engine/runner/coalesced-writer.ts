import { WakeUp } from './wake-up.ts'

/**
 * Writes what comes in fast in rounds of at least `intervalMs`: of several values with one key only the last.
 * `run` goes on until its signal aborts and throws what `write` throws; `flush` writes what is left.
 */
export class CoalescedWriter<T> {
  readonly #pending = new Map<string, T>()
  readonly #wakeUp = new WakeUp()
  readonly #write: (values: readonly T[]) => Promise<void>
  readonly #intervalMs: number

  constructor(write: (values: readonly T[]) => Promise<void>, intervalMs: number) {
    this.#write = write
    this.#intervalMs = intervalMs
  }

  put(key: string, value: T): void {
    this.#pending.set(key, value)
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#wakeUp.wait(this.#intervalMs, signal)
      if (!signal.aborted) await this.flush()
    }
  }

  async flush(): Promise<void> {
    if (this.#pending.size === 0) return
    const values = [...this.#pending.values()]
    this.#pending.clear()
    await this.#write(values)
  }
}
