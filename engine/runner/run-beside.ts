/**
 * Runs `work` while `companion` runs beside it: the companion is stopped when the work ends, and when the companion
 * fails, the work is stopped and the companion's error thrown.
 */
export async function runBeside<T>(
  companion: (signal: AbortSignal) => Promise<void>,
  work: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const stopCompanion = new AbortController()
  const stopWork = new AbortController()
  let failure: { readonly error: unknown } | null = null
  const running = companion(AbortSignal.any([signal, stopCompanion.signal])).catch((error: unknown) => {
    if (stopCompanion.signal.aborted || signal.aborted) return
    failure = { error }
    stopWork.abort(error)
  })
  try {
    return await work(AbortSignal.any([signal, stopWork.signal]))
  } catch (error) {
    throw failure === null ? error : (failure as { readonly error: unknown }).error
  } finally {
    stopCompanion.abort()
    await running
  }
}
