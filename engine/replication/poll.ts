import { setTimeout as sleep } from 'node:timers/promises'

const intervalMs = 20

/** Asks until the answer is true; false when that took too long. Rejects with the reason when aborted. */
export async function pollUntil(
  condition: () => Promise<boolean>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs
  for (;;) {
    signal.throwIfAborted()
    if (await condition()) return true
    if (performance.now() >= deadlineMs) return false
    await sleep(intervalMs, undefined, { signal }).catch(() => undefined)
  }
}
