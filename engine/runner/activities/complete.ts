import { readProgress, type Progress } from '../../bookkeeping/index.ts'
import { findClosedWindow } from '../../cutover/index.ts'
import { connect } from '../../endpoint/index.ts'
import { GodwitError } from '../../errors.ts'
import { isNeeded } from '../../lifecycle/index.ts'
import type { CutoverOptions } from '../../ports/index.ts'
import type { Lsn } from '../../replication/lsn.ts'
import type { SelectedObjects } from '../../selection/index.ts'
import { buildCompletionReport, withTimings } from '../completion-report.ts'
import { checkPlan } from '../check-plan.ts'
import type { RunContext } from '../context.ts'
import { align } from '../steps/cutover/align.ts'
import { catchUp } from '../steps/cutover/catch-up.ts'
import { compare } from '../steps/cutover/compare.ts'
import { drain, drainTo } from '../steps/cutover/drain.ts'
import { fence, mayBeFenced, takePlace } from '../steps/cutover/fence.ts'
import { assertNoLateWrites } from '../steps/cutover/late-writes.ts'
import { withinPause } from '../steps/cutover/pause.ts'
import { release } from '../steps/cutover/release.ts'
import { whileApplying, type Applying } from '../steps/incremental.ts'
import { readSelected } from '../steps/prepare.ts'
import { hasBegun, inStep } from '../steps/state.ts'
import { takeOverTarget } from '../take-over-target.ts'

/**
 * FENCE, DRAIN, ALIGN, COMPARE, RELEASE. Until RELEASE begins everything can be repeated, and a failure leads back to
 * incremental; from then on it only goes forward.
 */
export async function complete(context: RunContext, signal: AbortSignal): Promise<void> {
  const { run, runs, lease } = context
  const selected = hasBegun(run.steps, 'RELEASE') ? null : await cutOver(context, signal)
  await inStep(context, 'RELEASE', async () => ({
    value: await release(context, selected?.tables ?? [], signal),
    detail: null,
  }))
  const { migration, steps } = await runs.load(lease)
  if (migration.report !== null) {
    await runs.saveCompletionReport(lease, withTimings(migration.report, steps))
  }
  await runs.report(lease, 'FINISHED')
}

/** Of a migration that completes by itself: nobody writes to what it has copied, and no one has asked for less. */
const unattended: CutoverOptions = { fencing: 'NONE', quietMs: 0, maxPauseMs: Infinity, compare: true }

/** All up to the point of no return. Returns what was selected. */
async function cutOver(context: RunContext, signal: AbortSignal): Promise<SelectedObjects> {
  const { run, runs, lease } = context
  refuseGivenUp(context)
  const options = run.cutover?.options ?? unattended
  const { incremental } = run.migration.kind
  const waited = await hasPauseBegun(context, options)
  if (incremental) await runs.saveStep(lease, { step: 'INCREMENTAL', status: 'DONE' })
  // Without a fence writers wait since the call; with one there is time until it is raised.
  if (incremental && options.fencing === 'NONE' && !waited) await beginPause(context)
  const prepare = async (stop: AbortSignal) => {
    await checkPlan(context, stop)
    await takeOverTarget(context, stop)
    return await readSelected(context, stop)
  }
  const selected = await (waited ? withinPause(context, prepare, signal) : prepare(signal))
  const drainedTo = incremental ? await fenceAndDrain(context, { options, waited }, signal) : null
  const cutover = { selected, options, drainedTo }
  await withinPause(context, (stop) => makeTargetReady(context, cutover, stop), signal)
  return selected
}

/**
 * Whether writers wait already. A former attempt that broke off before it had fenced anything has kept nobody waiting,
 * however long ago that was.
 */
async function hasPauseBegun(
  { run, runs, lease }: RunContext,
  { fencing }: CutoverOptions,
): Promise<boolean> {
  if (!hasBegun(run.steps, 'FENCE')) return false
  if (fencing === 'NONE' || mayBeFenced(run)) return true
  await runs.saveStep(lease, { step: 'FENCE', status: 'PENDING' })
  return false
}

/** From here on writers wait, or may have to at any moment. */
async function beginPause({ runs, lease }: RunContext): Promise<void> {
  await runs.saveStep(lease, { step: 'FENCE', status: 'RUNNING' })
}

/** A former attempt gave up and broke off before it had said so: to end that is all that is left. */
function refuseGivenUp({ run }: RunContext): void {
  const { givenUp } = run.stream
  if (givenUp === null) return
  const { code, message, remedy } = givenUp
  throw new GodwitError(code, message, { remedy, retryable: false })
}

/** FENCE and DRAIN. Where writers do not wait yet, changes are applied all the while, and the fence comes late. */
async function fenceAndDrain(
  context: RunContext,
  { options, waited }: { readonly options: CutoverOptions; readonly waited: boolean },
  signal: AbortSignal,
): Promise<Lsn> {
  const { fencing } = options
  if (fencing === 'NONE' || waited) {
    const work = (stop: AbortSignal) => fenceThenDrain(context, options, stop)
    return await withinPause(context, work, signal)
  }
  await takePlace(context, fencing)
  const work = async ({ waypoints, sampled }: Applying, stop: AbortSignal) => {
    await sampled((inTime) => catchUp(context, waypoints, inTime), stop)
    await assertWindowOpen(context)
    await beginPause(context)
    const drained = async (inTime: AbortSignal) => {
      await fence(context, fencing, inTime)
      return await drainTo(context, waypoints, inTime)
    }
    return await withinPause(context, drained, stop)
  }
  return await whileApplying(context, work, signal)
}

/**
 * Asking for the completion was in time, but other migrations, failures or the catching up may have taken until now.
 * @throws GodwitError CUTOVER_WINDOW_CLOSED
 */
async function assertWindowOpen({ runs, lease }: RunContext): Promise<void> {
  const { migration, cutover, readAt } = await runs.load(lease)
  if (cutover?.breakGlass != null) return
  const closed = findClosedWindow(migration, readAt)
  if (closed === null) return
  const { code, message, remedy } = closed.error
  throw new GodwitError(code, message, { remedy, retryable: false })
}

async function fenceThenDrain(
  context: RunContext,
  options: CutoverOptions,
  signal: AbortSignal,
): Promise<Lsn> {
  const fencedBefore = await fence(context, options.fencing, signal)
  const marked = fencedBefore ? context.run.stream.drainTo : null
  return await drain(context, { options, marked }, signal)
}

interface Cutover {
  readonly selected: SelectedObjects
  readonly options: CutoverOptions
  readonly drainedTo: Lsn | null
}

/** ALIGN and COMPARE: all else that writers have to wait for. */
async function makeTargetReady(
  context: RunContext,
  { selected, options, drainedTo }: Cutover,
  signal: AbortSignal,
): Promise<void> {
  const { run, runs, lease } = context
  const aligned = await align(context, selected, signal)
  const compares = isNeeded('COMPARE', run.migration.kind) && options.compare
  if (!compares) await runs.saveStep(lease, { step: 'COMPARE', status: 'SKIPPED' })
  const comparison = compares ? await compare(context, selected, signal) : []
  if (drainedTo !== null) await assertNoLateWrites(context, { fencing: options.fencing, drainedTo }, signal)
  const { appliedTransactions, appliedChanges } = await readFinalProgress(context, signal)
  const facts = { drainedTo, aligned, comparison, appliedTransactions, appliedChanges }
  const report = await buildCompletionReport(context, selected, facts)
  signal.throwIfAborted()
  await runs.saveCompletionReport(lease, report)
}

async function readFinalProgress(context: RunContext, signal: AbortSignal): Promise<Progress> {
  const { target, guard } = context
  await using session = await connect(target, { purpose: 'report' }, signal)
  return await readProgress(session, guard)
}
