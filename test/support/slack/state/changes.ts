const defaultTimeoutMs = 60_000

/** Tells those who wait that something in the simulated Slack changed, so that nobody has to poll or sleep. */
export class Changes {
  readonly #listeners = new Set<() => void>()

  announce(): void {
    for (const listener of this.#listeners) listener()
  }

  /** Calls the listener after every change, until what is returned is disposed. */
  listen(listener: () => void): Disposable {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) }
  }

  /**
   * Asks `probe` now and after every change, until it finds something.
   * @throws Error that names `what` when `timeoutMs` of real time have passed, and what there is instead
   */
  async until<T>(
    what: string,
    probe: () => T | undefined,
    timeoutMs = defaultTimeoutMs,
    seen: () => string = () => '',
  ): Promise<T> {
    const found = probe()
    if (found !== undefined) return found
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const look = () => {
      try {
        const late = probe()
        if (late !== undefined) resolve(late)
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)))
      }
    }
    const timer = setTimeout(
      () => reject(new Error(`waited ${timeoutMs} ms in the simulated Slack for ${what}${seen()}`)),
      timeoutMs,
    )
    this.#listeners.add(look)
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      this.#listeners.delete(look)
    }
  }
}
