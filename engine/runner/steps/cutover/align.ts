import { alignSequences, refreshMaterializedViews } from '../../../cutover/index.ts'
import { connect } from '../../../endpoint/index.ts'
import type { SelectedObjects } from '../../../selection/index.ts'
import type { RunContext } from '../../context.ts'
import { inStep } from '../state.ts'

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
