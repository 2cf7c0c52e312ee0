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
    return { value: undefined, detail: await restore(context, 'before data', 'STRUCTURE', signal) }
  })
}

/** Indexes, constraints and triggers, when all rows are there. */
export async function restoreAfterData(context: RunContext, signal: AbortSignal): Promise<void> {
  const step = 'INDEXES_AND_CONSTRAINTS'
  await inStep(context, step, async () => {
    return { value: undefined, detail: await restore(context, 'after data', step, signal) }
  })
}

/** Foreign keys and triggers that had to wait, if the target does not let them be passed by. */
export async function restoreHeldBack(context: RunContext, signal: AbortSignal): Promise<void> {
  if (await holdsBack(context, signal)) await restore(context, 'held back', 'ALIGN', signal)
}

async function holdsBack({ run, target }: RunContext, signal: AbortSignal): Promise<boolean> {
  return run.migration.kind.incremental && !(await mayReplicate(target, signal))
}

async function restore(
  context: RunContext,
  phase: RestoreRequest['phase'],
  step: Step,
  signal: AbortSignal,
): Promise<string> {
  const { source, target, guard, runs, lease } = context
  const selected = await readSelected(context, signal)
  const holdBack = await holdsBack(context, signal)
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
          holdBack,
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
