import { alignSequences, refreshMaterializedViews } from '../../../cutover/index.ts'
import { connect } from '../../../endpoint/index.ts'
import type { SelectedObjects } from '../../../selection/index.ts'
import type { RunContext } from '../../context.ts'
import { inStep } from '../state.ts'
import { restoreHeldBack } from '../structure.ts'

/** Values that every sequence is set ahead by: one handed out to a transaction that rolled back is never reused. */
const sequenceMargin = 1n

/** What was made to be as it is on the source. */
export interface Alignment {
  readonly sequences: number
  readonly materializedViews: number
}

/** ALIGN: what replication does not carry, sequences and materialized views. */
export async function align(
  context: RunContext,
  selected: SelectedObjects,
  signal: AbortSignal,
): Promise<Alignment> {
  const { source, target, guard } = context
  const purpose = 'align'
  return await inStep(context, 'ALIGN', async () => {
    await using sourceSession = await connect(source, { purpose }, signal)
    await using targetSession = await connect(target, { purpose }, signal)
    const sequences = await alignSequences(
      sourceSession,
      targetSession,
      guard,
      selected.sequences,
      sequenceMargin,
    )
    const materializedViews = await refreshMaterializedViews(sourceSession, targetSession, guard, selected)
    return {
      value: { sequences, materializedViews },
      detail: `${sequences} sequences, ${materializedViews} materialized views`,
    }
  })
}

/** After the comparison, for from here on triggers act: there must be no way back to incremental but by a failure here. */
export async function releaseHeldBack(context: RunContext, signal: AbortSignal): Promise<void> {
  await inStep(context, 'ALIGN', async () => {
    await restoreHeldBack(context, signal)
    return { value: undefined, detail: 'foreign keys and triggers that had to wait' }
  })
}
