import { setTimeout as delay } from 'node:timers/promises'

export interface WaitOptions {
  readonly timeoutMs?: number
  readonly pollMs?: number
  /** Completes the sentence "waited … ms for …" when the time is over. */
  readonly describe?: string | (() => string | Promise<string>)
}

/**
 * Asks again and again until the answer is truthy, and returns it. A test never sleeps; it waits for what it
 * needs. An error of the condition is passed on at once.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  options: WaitOptions = {},
): Promise<Exclude<Awaited<T>, undefined | null | false | 0 | ''>> {
  const { timeoutMs = 60_000, pollMs = 25, describe = 'a condition' } = options
  const deadlineMs = performance.now() + timeoutMs
  for (;;) {
    const answer = await condition()
    if (isTruthy(answer)) return answer
    if (performance.now() > deadlineMs) {
      const wanted = typeof describe === 'string' ? describe : await describe()
      throw new Error(`waited ${timeoutMs} ms for ${wanted}`)
    }
    await delay(pollMs)
  }
}

function isTruthy<T>(answer: T): answer is Exclude<T, undefined | null | false | 0 | ''> {
  return Boolean(answer)
}
