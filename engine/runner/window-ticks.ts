import type { CutoverWindowStore } from '../ports/index.ts'
import type { Tick } from '../ticks/index.ts'

/** Completes by itself what may, when its cutover window is open. */
export function windowTicks(cutoverWindows: Pick<CutoverWindowStore, 'attend'>): readonly Tick[] {
  return [{ name: 'attend cutover windows', pattern: '*/5 * * * * *', run: () => cutoverWindows.attend() }]
}
