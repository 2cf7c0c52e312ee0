/** Those who wait for one another, in the order in which they came. */
export class Line {
  #tail: Promise<void> = Promise.resolve()
  #length = 0

  /** Whether somebody is in it. */
  get isBusy(): boolean {
    return this.#length > 0
  }

  /** Resolves, when those before have left, with what leaves the line. @throws the signal’s reason */
  async enter(signal: AbortSignal): Promise<() => void> {
    const before = this.#tail
    const { promise: left, resolve } = Promise.withResolvers<void>()
    this.#tail = before.then(() => left)
    this.#length += 1
    let isIn = true
    const leave = () => {
      if (isIn) this.#length -= 1
      isIn = false
      resolve()
    }
    try {
      await orAborted(before, signal)
    } catch (error) {
      leave()
      throw error
    }
    return leave
  }
}

async function orAborted(awaited: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const { promise: aborted, resolve: abort } = Promise.withResolvers<void>()
  const onAbort = () => abort()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    await Promise.race([awaited, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
  signal.throwIfAborted()
}
