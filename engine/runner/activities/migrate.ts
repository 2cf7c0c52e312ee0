import type { RunContext } from '../context.ts'
import { takeOverTarget } from '../take-over-target.ts'
import { copyFromSnapshot, needsSnapshot } from '../steps/full-copy.ts'
import { prepareChanges } from '../steps/prepare.ts'
import { followChanges } from '../steps/incremental.ts'
import { isOpen } from '../steps/state.ts'
import { restoreAfterData, restoreBeforeData } from '../steps/structure.ts'

/**
 * From the first open step to the last that RUNNING has. Everything that needs the snapshot is done while it is
 * open; when it was lost, that part starts over with a new one. INCREMENTAL goes on until somebody completes,
 * pauses or cancels; without it the migration completes by itself.
 */
export async function migrate(context: RunContext, signal: AbortSignal): Promise<void> {
  const { run, runs, lease } = context
  await takeOverTarget(context, signal)
  if (needsSnapshot(run)) await copyFromSnapshot(context, signal)
  else {
    if (isOpen(run, 'PREPARE')) await prepareChanges(context, signal)
    if (isOpen(run, 'STRUCTURE')) await restoreBeforeData(context, signal)
  }
  if (isOpen(run, 'INDEXES_AND_CONSTRAINTS')) await restoreAfterData(context, signal)
  if (run.migration.kind.incremental) await followChanges(context, signal)
  else await runs.report(lease, 'COPY_FINISHED')
}
