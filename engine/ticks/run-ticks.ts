import { createTask } from 'node-cron'
import type { Logger } from 'pino'

/** Something that every worker does again and again. */
export interface Tick {
  /** For the log. */
  readonly name: string
  /** When: a cron pattern with seconds. */
  readonly pattern: string
  /**
   * Looks into the control database for what is due, and does it there in one transaction or claims it. Every worker
   * runs it, and a tick may be lost: what is due is then found at the next.
   */
  run(signal: AbortSignal): Promise<void>
}

/**
 * Runs the ticks until `signal` aborts, and waits for those that are under way. One that is still running when its
 * time comes again is not started a second time; one that fails is logged, and runs again at its next time.
 */
export async function runTicks(ticks: readonly Tick[], log: Logger, signal: AbortSignal): Promise<void> {
  const running = new Set<Promise<void>>()
  const start = (tick: Tick): Promise<void> => {
    const work = tick
      .run(signal)
      .catch((error: unknown) => {
        if (!signal.aborted) log.warn({ err: error, tick: tick.name }, 'a tick failed')
      })
      .finally(() => running.delete(work))
    running.add(work)
    return work
  }
  const tasks = ticks.map((tick) =>
    createTask(tick.pattern, () => start(tick), {
      name: tick.name,
      noOverlap: true,
      suppressMissedWarning: true,
      logger: silent,
    }),
  )
  for (const task of tasks) await task.start()
  await untilAborted(signal)
  for (const task of tasks) await task.destroy()
  await Promise.all(running)
}

/** It would write to the console, past our log; what fails is logged above. */
const silent = { info: ignore, warn: ignore, error: ignore, debug: ignore }

function ignore(): void {
  // See `silent`.
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
