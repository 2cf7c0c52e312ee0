/** What a subscription's source is: `return` ends it at once, also in the middle of a wait. */
export type Stream<T> = AsyncIterableIterator<T, undefined> & {
  return(): Promise<IteratorResult<T, undefined>>
}

/**
 * Makes a stream of a generator that ends when its signal is aborted. A generator alone would hear of `return`
 * only at its next yield, which may never come.
 */
export function streamOf<T>(run: (signal: AbortSignal) => AsyncGenerator<T, void>): Stream<T> {
  const ending = new AbortController()
  const generator = run(ending.signal)
  return {
    async next() {
      const result = await generator.next()
      return result.done === true ? { done: true, value: undefined } : result
    },
    async return() {
      ending.abort()
      await generator.return()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
