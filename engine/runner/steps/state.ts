import { isNeeded, steps, type Step } from '../../lifecycle/index.ts'
import type { Lease, MigrationRun, RunStore, StepState } from '../../ports/index.ts'
import type { RunContext } from '../context.ts'

function stateOf(all: readonly StepState[], step: Step): StepState['status'] {
  return all.find((state) => state.step === step)?.status ?? 'PENDING'
}

/** Whether the step was ever entered. */
export function hasBegun(all: readonly StepState[], step: Step): boolean {
  const status = stateOf(all, step)
  return status !== 'PENDING' && status !== 'SKIPPED'
}

/** Whether the step was finished. */
export function isDone(all: readonly StepState[], step: Step): boolean {
  return stateOf(all, step) === 'DONE'
}

/** Whether the migration needs the step and has not finished it. */
export function isOpen(run: MigrationRun, step: Step): boolean {
  return isNeeded(step, run.migration.kind) && stateOf(run.steps, step) !== 'DONE'
}

/** What a step leads to, and a sentence for people that stays with it. */
interface StepResult<T> {
  readonly value: T
  readonly detail: string | null
}

/** Runs one step with its begin and end visible. With its end, earlier failures are forgotten. */
export async function inStep<T>(
  context: RunContext,
  step: Step,
  work: () => Promise<StepResult<T>>,
): Promise<T> {
  const { runs, lease } = context
  await runs.saveStep(lease, { step, status: 'RUNNING' })
  const { value, detail } = await work()
  await runs.saveStep(lease, { step, status: 'DONE', ...(detail !== null && { detail }) })
  if (context.run.attempt > 0) await runs.clearRetry(lease)
  return value
}

/** Takes back what a completion has done so far: incremental goes on, and COMPLETE is possible again at once. */
export async function resetCompletion(runs: RunStore, lease: Lease): Promise<void> {
  const { steps: states } = await runs.load(lease)
  for (const step of steps.slice(steps.indexOf('FENCE'))) {
    if (hasBegun(states, step)) await runs.saveStep(lease, { step, status: 'PENDING' })
  }
  await runs.saveStream(lease, { drainTo: null })
  await runs.saveStep(lease, { step: 'INCREMENTAL', status: 'RUNNING' })
}
