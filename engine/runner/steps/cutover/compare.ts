import { countRows } from '../../../compare/index.ts'
import { GodwitError } from '../../../errors.ts'
import type { MigrationRun, TableComparison } from '../../../ports/index.ts'
import type { SelectedObjects } from '../../../selection/index.ts'
import type { RunContext } from '../../context.ts'
import { inStep } from '../state.ts'

/**
 * COMPARE: row counts of all tables whose changes were followed, as they are on the source now; without incremental, as they
 * were in the snapshot, for the source has gone on since.
 * @throws GodwitError TARGET_DIFFERS, naming tables and counts
 */
export async function compare(
  context: RunContext,
  selected: SelectedObjects,
  signal: AbortSignal,
): Promise<readonly TableComparison[]> {
  const { run, source, target, options } = context
  const { incremental } = run.migration.kind
  return await inStep(context, 'COMPARE', async () => {
    const tables = selected.tables.filter(
      ({ partitioned, logged }) => !partitioned && (logged || !incremental),
    )
    const counted = await countRows({ source, target, tables, sessions: options.copySessions }, signal)
    const comparison = incremental ? counted : counted.map((table) => asOfSnapshot(run, table))
    const different = comparison.filter((table) => table.sourceRows !== table.targetRows)
    if (different.length > 0) throw differs(different)
    return { value: comparison, detail: `${comparison.length} tables have the same number of rows` }
  })
}

function asOfSnapshot(run: MigrationRun, counted: TableComparison): TableComparison {
  const copied = run.tables.find(({ schema, table }) => schema === counted.schema && table === counted.table)
  return { ...counted, sourceRows: copied?.copiedRows ?? 0n }
}

const namedTables = 5

function differs(different: readonly TableComparison[]): GodwitError {
  const named = different
    .slice(0, namedTables)
    .map((t) => `${t.schema}.${t.table} has ${t.sourceRows} on the source and ${t.targetRows} on the target`)
  const more =
    different.length > namedTables ? `, and ${different.length - namedTables} more tables differ` : ''
  return new GodwitError('TARGET_DIFFERS', `Row counts differ: ${named.join('; ')}${more}.`, {
    remedy: 'If the source is still written to, stop the writes and complete again; else compare the tables.',
  })
}
