import type { Logger } from 'pino'

/** Within 10 s of being asked, which is what most machinery grants before it kills. */
const stopWithinMs = 9_000

/**
 * SIGTERM and SIGINT end everything in order; a second one ends it at once, and so does the time when something hangs:
 * by then the leases are released, and nothing here is worth waiting for.
 */
export function stopOnSignals(log: Logger): AbortSignal {
  const controller = new AbortController()
  const stop = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(130)
    log.info({ signal }, 'stopping')
    controller.abort()
    setTimeout(() => {
      log.warn('something does not stop; ended without it')
      process.exit(1)
    }, stopWithinMs).unref()
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  return controller.signal
}
