import { formatDuration } from './format.ts'
import type { LiveView } from './index.ts'

/** Something of which only its beginning is known. */
export function waitingView(title: string): LiveView {
  const startedMs = performance.now()
  return {
    lines: () => [
      ['  ', ['cyan', '▸'], ` ${title} `, ['dim', formatDuration(performance.now() - startedMs)]],
    ],
    summary: () => `  … ${title}`,
  }
}
