import { removeBookkeeping } from '../../../bookkeeping/index.ts'
import { analyzeTables } from '../../../cutover/index.ts'
import { connect, type Session } from '../../../endpoint/index.ts'
import { dropPublication, dropSlot } from '../../../replication/index.ts'
import type { SelectedTable } from '../../../selection/index.ts'
import type { RunContext } from '../../context.ts'
import { writeToSource } from '../../ownership.ts'
import { takeOverTarget } from '../../take-over-target.ts'
import { restoreHeldBack } from '../structure.ts'
import { tellOfLastWrites } from './late-writes.ts'
import { pauseMsOf } from './pause.ts'

/**
 * RELEASE: drops slot and publication, then the bookkeeping: afterwards nobody can write as this migration. The source comes
 * first, so that a target out of reach does not make it keep its log. In between comes what had to wait, and statistics of
 * `tables` are gathered, for which writers need not wait; where that breaks off, the server gathers them by itself.
 */
export async function release(
  context: RunContext,
  tables: readonly SelectedTable[],
  signal: AbortSignal,
): Promise<void> {
  const { target, guard } = context
  const { drainTo } = (await context.runs.load(context.lease)).stream
  if (drainTo !== null) await tellOfLastWrites(context, drainTo, signal)
  await releaseSource(context, signal)
  await takeOverTarget(context, signal)
  if (context.run.stream.heldBack) await releaseHeldBack(context, signal)
  await using session = await connect(target, { purpose: 'release' }, signal)
  await analyzeTables(session, guard, tables)
  await removeBookkeeping(session, guard)
}

/**
 * What acts on rows is only made where there is no way back to incremental, whose rows it would act on. Writers wait for
 * it, so the pause ends here. Forgotten when it is there, for the bookkeeping that knows it goes with the release.
 */
async function releaseHeldBack(context: RunContext, signal: AbortSignal): Promise<void> {
  const { runs, lease } = context
  await restoreHeldBack(context, signal)
  const run = await runs.load(lease)
  const { report } = run.migration
  if (report !== null) await runs.saveCompletionReport(lease, { ...report, pauseMs: pauseMsOf(run) })
  await runs.saveStream(lease, { heldBack: false })
}

/** Drops slot and publication; both may be gone already. */
export async function releaseSource(context: RunContext, signal: AbortSignal): Promise<void> {
  const { kind } = context.run.migration
  const { slotName, publicationName } = context.run.stream
  if (!kind.incremental) return
  const drop = async (session: Session) => {
    await dropSlot(session, slotName, signal)
    await dropPublication(session, publicationName)
  }
  await writeToSource(context, 'release', drop, signal)
}
