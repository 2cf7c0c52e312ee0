export function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (signal.aborted) resolve()
  signal.addEventListener('abort', () => resolve(), { once: true })
  return promise
}

/** @throws the signal’s reason, when that comes first */
export async function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const over = async () => {
    await aborted(signal)
    throw signal.reason
  }
  return Promise.race([work, over()])
}
