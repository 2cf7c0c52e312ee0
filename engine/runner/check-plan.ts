import { judgePlan, measureCutover, planVoid } from '../cutover/index.ts'
import type { RunContext } from './context.ts'
import { mayBeFenced } from './steps/cutover/fence.ts'
import { hasBegun, isDone } from './steps/state.ts'

/**
 * Before the first thing that writers notice: the plan was decided on by what was measured then, so it is measured
 * again. Not repeated once the fence has begun, for then the plan is being carried out.
 * @throws GodwitError PLAN_VOID saying what is worse, and what measuring throws
 */
export async function checkPlan(context: RunContext, signal: AbortSignal): Promise<void> {
  const { run, runs, lease, source, target } = context
  const plan = run.cutover
  if (plan === null || mayBeFenced(run) || hasBegun(run.steps, 'DRAIN')) return
  const { migration, stream, steps, sampledLag: last } = run
  // Between the attempts of a completion, also after a crash, no lag is sampled: how old the last sample is says nothing
  // then, the bytes do.
  const isFirst = !isDone(steps, 'INCREMENTAL')
  const sampledLag = last === null || isFirst ? last : { ...last, ageSeconds: 0 }
  const others = await runs.readOthers(lease)
  const measured = await measureCutover(
    { migration, stream, sampledLag, others, source, target, fencing: plan.options.fencing },
    signal,
  )
  // Asking for the completion has raised the version by one.
  const reasons = judgePlan(plan, { measured, migrationVersion: migration.version - 1 })
  if (reasons.length > 0) throw planVoid(reasons)
}
