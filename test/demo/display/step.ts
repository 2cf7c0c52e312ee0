import { formatDuration } from './format.ts'
import type { Display } from './index.ts'
import { waitingView } from './waiting-view.ts'

/** Shows that something is being done, and then for how long it was. */
export async function step<T>(
  display: Display,
  title: string,
  work: () => Promise<T>,
  describe: (result: T) => string,
): Promise<T> {
  const startedMs = performance.now()
  display.follow(waitingView(title))
  let result: T
  try {
    result = await work()
  } finally {
    display.follow(null)
  }
  const took = formatDuration(performance.now() - startedMs)
  display.print(['  ', ['green', '✓'], ` ${describe(result)} `, ['dim', `(${took})`]])
  return result
}
