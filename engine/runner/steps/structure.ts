import { restoreStructure, type RestoreRequest } from '../../structure/index.ts'
import type { Step } from '../../lifecycle/index.ts'
import { CoalescedWriter } from '../coalesced-writer.ts'
import type { RunContext } from '../context.ts'
import { mayReplicate } from '../replica-role.ts'
import { runBeside } from '../run-beside.ts'
import { readSelected } from './prepare.ts'
import { inStep } from './state.ts'

const detailIntervalMs = 500

/** Types, tables, functions: all that rows need. */
export async function restoreBeforeData(context: RunContext, signal: AbortSignal): Promise<void> {
  await inStep(context, 'STRUCTURE', async () => {
    return {
      value: undefined,
      detail: await restore(context, { phase: 'before data', step: 'STRUCTURE', heldBack: false }, signal),
    }
  })
}

/**
 * Indexes, constraints and triggers, when all rows are there. Where the target does not let triggers and foreign keys
 * be passed by, they wait until incremental has ended.
 */
export async function restoreAfterData(context: RunContext, signal: AbortSignal): Promise<void> {
  const { run, runs, lease, target } = context
  const step = 'INDEXES_AND_CONSTRAINTS'
  await inStep(context, step, async () => {
    const heldBack =
      run.stream.heldBack || (run.migration.kind.incremental && !(await mayReplicate(target, signal)))
    await runs.saveStream(lease, { heldBack })
    return {
      value: undefined,
      detail: await restore(context, { phase: 'after data', step, heldBack }, signal),
    }
  })
}

/** Foreign keys and triggers that had to wait. From here on they act on whatever is written. */
export async function restoreHeldBack(context: RunContext, signal: AbortSignal): Promise<void> {
  await restore(context, { phase: 'held back', step: 'RELEASE', heldBack: true }, signal)
}

interface RestorePhase {
  readonly phase: RestoreRequest['phase']
  /** Where the progress shows. */
  readonly step: Step
  readonly heldBack: boolean
}

async function restore(
  context: RunContext,
  { phase, step, heldBack }: RestorePhase,
  signal: AbortSignal,
): Promise<string> {
  const { source, target, guard, runs, lease } = context
  const selected = await readSelected(context, signal)
  const writer = new CoalescedWriter<string>(
    (details) => runs.saveStep(lease, { step, status: 'RUNNING', detail: details.at(-1) ?? '' }),
    detailIntervalMs,
  )
  const result = await runBeside(
    (stop) => writer.run(stop),
    (stop) =>
      restoreStructure(
        {
          phase,
          source,
          target,
          selected,
          guard,
          holdBack: heldBack,
          onObject: ({ done, total, type, name }) =>
            writer.put('detail', `${done} of ${total}: ${type} ${name}`),
        },
        stop,
      ),
    signal,
  )
  for (const message of result.warnings) await runs.appendEvent(lease, { type: 'NOTE', message })
  return `${result.restored} objects`
}
