import { copyTables, openSnapshot, startOver } from '../../copy/index.ts'
import { analyzeTables } from '../../cutover/index.ts'
import { connect } from '../../endpoint/index.ts'
import { GodwitError, isGodwitError } from '../../errors.ts'
import { quoteQualified } from '../../postgres/index.ts'
import { dropSlot } from '../../replication/index.ts'
import { formatLsn } from '../../replication/lsn.ts'
import type { SelectedObjects } from '../../selection/index.ts'
import type { MigrationRun, TableProgress } from '../../ports/index.ts'
import { CoalescedWriter } from '../coalesced-writer.ts'
import type { RunContext } from '../context.ts'
import { writeToSource } from '../ownership.ts'
import { runBeside } from '../run-beside.ts'
import { createChangeSource, readSelected } from './prepare.ts'
import { hasBegun, inStep, isOpen } from './state.ts'
import { restoreBeforeData } from './structure.ts'

const progressIntervalMs = 500

/** Whether rows are still to be copied, which needs a snapshot. */
export function needsSnapshot(run: MigrationRun): boolean {
  return isOpen(run, 'FULL_COPY')
}

/** PREPARE, STRUCTURE and FULL_COPY while one snapshot is open. Rows of an earlier, unfinished copy go first. */
export async function copyFromSnapshot(context: RunContext, signal: AbortSignal): Promise<void> {
  const selected = await readSelected(context, signal)
  await using snapshot = await prepareSnapshot(context, selected, signal)
  try {
    if (isOpen(context.run, 'STRUCTURE')) await restoreBeforeData(context, signal)
    await copyAllRows(context, selected, snapshot.snapshotId, signal)
  } catch (error) {
    await dropUselessSlot(context)
    throw error
  }
}

const dropTimeoutMs = 10_000

/** Without its snapshot the slot is good for nothing, and would hold back the log of the source until it is replaced. */
async function dropUselessSlot(context: RunContext): Promise<void> {
  const { run, log } = context
  if (!run.migration.kind.incremental) return
  const signal = AbortSignal.timeout(dropTimeoutMs)
  try {
    await writeToSource(
      context,
      'clean up',
      (session) => dropSlot(session, run.stream.slotName, signal),
      signal,
    )
  } catch (error) {
    if (isGodwitError(error, 'LEASE_LOST')) return
    log.warn({ err: error }, 'the slot stays until the next attempt replaces it')
  }
}

async function prepareSnapshot(context: RunContext, selected: SelectedObjects, signal: AbortSignal) {
  const { run, runs, lease, source } = context
  await runs.saveStep(lease, { step: 'PREPARE', status: 'RUNNING' })
  if (!run.migration.kind.incremental) {
    const snapshot = await openSnapshot(source, signal)
    await runs.saveStep(lease, { step: 'PREPARE', status: 'DONE' })
    return snapshot
  }
  const slot = await createChangeSource(context, selected, signal)
  const detail = `snapshot at ${formatLsn(slot.consistentPoint)}`
  await runs.saveStep(lease, { step: 'PREPARE', status: 'DONE', detail })
  return slot
}

async function copyAllRows(
  context: RunContext,
  selected: SelectedObjects,
  snapshotId: string,
  signal: AbortSignal,
): Promise<void> {
  const { source, target, guard, runs, lease, options } = context
  const tables = selected.tables.filter((table) => !table.partitioned)
  const { kind } = context.run.migration
  if (!kind.structure && !hasBegun(context.run.steps, 'FULL_COPY')) await assertEmpty(context, tables, signal)
  await inStep(context, 'FULL_COPY', async () => {
    {
      await using session = await connect(target, { purpose: 'copy' }, signal)
      await startOver(session, guard)
    }
    await runs.clearTables(lease)
    await runs.saveTables(lease, tables.map(pending))
    const writer = new CoalescedWriter<TableProgress>(
      (rows) => runs.saveTables(lease, rows),
      progressIntervalMs,
    )
    const onProgress = (progress: TableProgress) =>
      writer.put(JSON.stringify([progress.schema, progress.table]), progress)
    const copied = await runBeside(
      (stop) => writer.run(stop),
      (stop) =>
        copyTables(
          { source, target, guard, snapshotId, tables, sessions: options.copySessions, onProgress },
          stop,
        ),
      signal,
    )
    await writer.flush()
    await runs.saveStep(lease, { step: 'FULL_COPY', status: 'RUNNING', detail: 'gathering statistics' })
    await analyze(context, selected.tables, signal)
    return { value: undefined, detail: `${copied.rows} rows in ${tables.length} tables` }
  })
}

/**
 * Of tables that were there before the migration: verify saw them empty, but that may be long ago, and the copy would
 * remove what they hold.
 * @throws GodwitError TARGET_NOT_EMPTY naming the first table that has rows
 */
async function assertEmpty(
  { target }: RunContext,
  tables: SelectedObjects['tables'],
  signal: AbortSignal,
): Promise<void> {
  await using session = await connect(target, { purpose: 'look' }, signal)
  for (const { schema, name } of tables.map((table) => table.target)) {
    const found = await session.query(`select from only ${quoteQualified(schema, name)} limit 1`)
    if (found.rowCount === 0) continue
    throw new GodwitError('TARGET_NOT_EMPTY', `The table ${schema}.${name} on the target has rows already.`)
  }
}

/** Without statistics the target plans the first changes for tables of unknown size. */
async function analyze(
  { target, guard }: RunContext,
  tables: SelectedObjects['tables'],
  signal: AbortSignal,
): Promise<void> {
  await using session = await connect(target, { purpose: 'analyze' }, signal)
  await analyzeTables(session, guard, tables)
}

function pending(table: SelectedObjects['tables'][number]): TableProgress {
  return {
    schema: table.schema,
    table: table.name,
    status: 'PENDING',
    estimatedRows: table.estimatedRows < 0 ? null : table.estimatedRows,
    sizeBytes: table.sizeBytes,
    copiedRows: 0n,
    copiedBytes: 0n,
  }
}
