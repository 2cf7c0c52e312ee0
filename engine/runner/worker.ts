import type { Logger } from 'pino'
import { runTicks } from '../ticks/index.ts'
import type { WorkerOptions, WorkerStores } from './context.ts'
import { runBeside } from './run-beside.ts'
import { runSupervisor } from './supervisor.ts'
import { ticksOf } from './ticks.ts'

/**
 * A worker: runs migrations, and does what falls due. Ends when `signal` aborts, with everything handed over, or
 * throws what a part of it cannot go on without.
 */
export async function runWorker(
  deps: { readonly stores: WorkerStores; readonly options: WorkerOptions; readonly log: Logger },
  signal: AbortSignal,
): Promise<void> {
  await runBeside(
    (stop) => runTicks(ticksOf(deps), deps.log, stop),
    (stop) => runSupervisor(deps, stop),
    signal,
  )
}
