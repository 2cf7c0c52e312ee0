import type { Doorbell } from '../../engine/index.ts'

/** Waits until the doorbell rings. */
export interface Bell extends Disposable {
  /** Resolves at a ring since the last wait, after the time, or when aborted. Never rejects. */
  wait(timeoutMs: number, signal: AbortSignal): Promise<void>
}

/** @param migrationId null for the rings of all migrations */
export function listenTo(doorbell: Doorbell, migrationId: string | null): Bell {
  let hasRung = false
  let wake: (() => void) | undefined
  const subscription = doorbell.subscribe((rungFor) => {
    if (migrationId !== null && rungFor !== null && rungFor !== migrationId) return
    hasRung = true
    wake?.()
  })
  return {
    async wait(timeoutMs, signal) {
      if (!hasRung) {
        await sleep(timeoutMs, signal, (wakeUp) => {
          wake = wakeUp
        })
        wake = undefined
      }
      hasRung = false
    },
    [Symbol.dispose]: () => subscription[Symbol.dispose](),
  }
}

/** Resolves after the time, when aborted, or when `onStart`'s argument is called. Never rejects. */
export function sleep(
  timeoutMs: number,
  signal: AbortSignal,
  onStart?: (wakeUp: () => void) => void,
): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, timeoutMs)
    signal.addEventListener('abort', finish, { once: true })
    if (signal.aborted) finish()
    onStart?.(finish)
  })
}
