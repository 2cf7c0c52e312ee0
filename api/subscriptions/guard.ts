import { isGodwitError } from '../../engine/index.ts'
import type { Viewer } from '../auth/index.ts'
import type { Stream } from './stream.ts'

export interface GuardOptions<T> {
  readonly viewer: Viewer
  readonly recheckMs: number
  /** When any is aborted, the stream ends without another word. */
  readonly endings: readonly AbortSignal[]
  /** What is sent, as the last result, when the stream fails or access is lost. */
  readonly resultOf: (error: unknown) => T
  readonly onEnd: () => void
}

/**
 * The results of a subscription, as long as the caller may have them: it ends when the client goes, the server
 * stops, the token is no longer good, or the source fails. Never rejects; holds at most one result.
 */
export function guardStream<T>(source: AsyncIterator<T>, options: GuardOptions<T>): Stream<T> {
  let hasEnded = false
  let lastWord: T | undefined
  let deliver: ((result: IteratorResult<T, undefined>) => void) | undefined

  const takeLastWord = (): IteratorResult<T, undefined> => {
    if (lastWord === undefined) return { done: true, value: undefined }
    const value = lastWord
    lastWord = undefined
    return { done: false, value }
  }
  const end = (word?: T) => {
    if (hasEnded) return
    hasEnded = true
    lastWord = word
    clearInterval(recheck)
    for (const ending of options.endings) ending.removeEventListener('abort', endSilently)
    if (deliver !== undefined) deliver(takeLastWord())
    // A source that fails while it ends has nobody left to tell.
    source.return?.()?.catch(() => undefined)
    options.onEnd()
  }
  const endSilently = () => end()
  const recheck = setInterval(() => {
    options.viewer.recheck().catch((error: unknown) => {
      if (isAccessLost(error)) end(options.resultOf(error))
    })
  }, options.recheckMs)
  for (const ending of options.endings) ending.addEventListener('abort', endSilently)
  if (options.endings.some((ending) => ending.aborted)) end()

  return {
    next() {
      if (hasEnded) return Promise.resolve(takeLastWord())
      return new Promise((resolve) => {
        deliver = (result) => {
          deliver = undefined
          resolve(result)
        }
        source.next().then(
          (result) => {
            if (hasEnded) return
            if (result.done !== true) deliver?.({ done: false, value: result.value })
            else end()
          },
          (error: unknown) => end(options.resultOf(error)),
        )
      })
    },
    return() {
      lastWord = undefined
      end()
      return Promise.resolve({ done: true, value: undefined })
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

function isAccessLost(error: unknown): boolean {
  return (
    isGodwitError(error, 'UNAUTHENTICATED') ||
    isGodwitError(error, 'TOKEN_EXPIRED') ||
    isGodwitError(error, 'FORBIDDEN')
  )
}
