/**
 * Waits for `work`, but after `stop` has aborted only for `timeoutMs` more.
 * @returns whether it has ended; what it throws is thrown
 */
export async function endsAfterStop(
  work: Promise<void>,
  stop: AbortSignal,
  timeoutMs: number,
): Promise<boolean> {
  const late = Promise.withResolvers<false>()
  let timer: NodeJS.Timeout | undefined
  const startTimer = () => {
    timer = setTimeout(() => late.resolve(false), timeoutMs)
  }
  if (stop.aborted) startTimer()
  else stop.addEventListener('abort', startTimer, { once: true })
  try {
    return await Promise.race([work.then(() => true), late.promise])
  } finally {
    clearTimeout(timer)
    stop.removeEventListener('abort', startTimer)
  }
}
