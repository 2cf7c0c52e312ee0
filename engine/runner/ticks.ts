import type { Tick } from '../ticks/index.ts'
import type { WorkerStores } from './context.ts'

/** What every worker looks after beside the migrations that it owns. */
export function ticksOf(_stores: WorkerStores): readonly Tick[] {
  return []
}
