import { readProgress, removeBookkeeping, type Progress } from '../../bookkeeping/index.ts'
import type { CatalogTable } from '../../catalog/types.ts'
import { countRows } from '../../compare/index.ts'
import { alignSequences, analyzeTables, refreshMaterializedViews } from '../../cutover/index.ts'
import { connect } from '../../endpoint/index.ts'
import { GodwitError } from '../../errors.ts'
import { isNeeded } from '../../lifecycle/index.ts'
import type { MigrationRun, TableComparison } from '../../ports/index.ts'
import { markDrainPosition } from '../../replication/index.ts'
import { formatLsn, type Lsn } from '../../replication/lsn.ts'
import type { SelectedObjects } from '../../selection/index.ts'
import { buildCompletionReport } from '../completion-report.ts'
import { checkPlan } from '../check-plan.ts'
import type { RunContext } from '../context.ts'
import { applyChanges } from '../steps/incremental.ts'
import { readSelected } from '../steps/prepare.ts'
import { hasBegun, inStep } from '../steps/state.ts'
import { restoreHeldBack } from '../steps/structure.ts'
import { takeOverTarget } from '../take-over-target.ts'
import { releaseSource } from './cancel.ts'

/** Values that every sequence is set ahead by: one handed out to a transaction that rolled back is never reused. */
const sequenceMargin = 1n

/**
 * FENCE, DRAIN, ALIGN, COMPARE, RELEASE. Until RELEASE begins everything can be repeated, and a failure leads back to
 * incremental; from then on it only goes forward.
 */
export async function complete(context: RunContext, signal: AbortSignal): Promise<void> {
  const { run, runs, lease } = context
  await checkPlan(context, signal)
  let tables: readonly CatalogTable[] = []
  if (!hasBegun(run.steps, 'RELEASE')) {
    await takeOverTarget(context, signal)
    tables = await makeTargetReady(context, signal)
  }
  await inStep(context, 'RELEASE', async () => ({
    value: await release(context, tables, signal),
    detail: null,
  }))
  await runs.report(lease, 'FINISHED')
}

/** All that writers have to wait for. Returns the tables whose statistics are to be gathered. */
async function makeTargetReady(context: RunContext, signal: AbortSignal): Promise<readonly CatalogTable[]> {
  const { run, runs, lease } = context
  const { kind } = run.migration
  const startedAt = findStart(run)
  const selected = await readSelected(context, signal)
  const drainedTo = isNeeded('DRAIN', kind) ? await drain(context, signal) : null
  const alignedSequences = await align(context, selected, signal)
  const comparison = isNeeded('COMPARE', kind) ? await compare(context, selected, signal) : []
  if (run.stream.heldBack) await releaseHeldBack(context, signal)
  const pauseMs = Math.round(performance.now() - startedAt)
  const { appliedTransactions, appliedChanges } = await readFinalProgress(context, signal)
  const facts = { drainedTo, alignedSequences, pauseMs, comparison, appliedTransactions, appliedChanges }
  await runs.saveCompletionReport(lease, buildCompletionReport(await runs.load(lease), facts))
  return selected.tables
}

/** When writers began to wait, by the clock of `performance.now()`: an attempt that broke off counts. */
function findStart({ steps }: MigrationRun): number {
  const drain = steps.find(({ step }) => step === 'DRAIN')
  const begun = drain !== undefined && hasBegun(steps, 'DRAIN') ? drain.startedAt : null
  return performance.now() - (begun === null ? 0 : Math.max(Date.now() - begun.getTime(), 0))
}

/** After the comparison, for from here on triggers act: there must be no way back to incremental but by a failure here. */
async function releaseHeldBack(context: RunContext, signal: AbortSignal): Promise<void> {
  await inStep(context, 'ALIGN', async () => {
    await restoreHeldBack(context, signal)
    return { value: undefined, detail: 'foreign keys and triggers that had to wait' }
  })
}

async function readFinalProgress(context: RunContext, signal: AbortSignal): Promise<Progress> {
  const { target, guard, run } = context
  await using session = await connect(target, { purpose: `${run.migration.shortId} report` }, signal)
  return await readProgress(session, guard)
}

/** Applies all that the source had committed when the caller said that writes have stopped. */
async function drain(context: RunContext, signal: AbortSignal): Promise<Lsn> {
  await context.runs.saveStep(context.lease, { step: 'INCREMENTAL', status: 'DONE' })
  await inStep(context, 'FENCE', async () => ({
    value: undefined,
    detail: 'the caller has said that nothing writes to the source any more',
  }))
  return await inStep(context, 'DRAIN', async () => {
    const drainTo = context.run.stream.drainTo ?? (await choosePosition(context, signal))
    await applyChanges(context, drainTo, signal)
    return { value: drainTo, detail: `to ${formatLsn(drainTo)}` }
  })
}

async function choosePosition({ source, run, runs, lease }: RunContext, signal: AbortSignal): Promise<Lsn> {
  await using session = await connect(source, { purpose: `${run.migration.shortId} drain` }, signal)
  const drainTo = await markDrainPosition(session)
  await runs.saveStream(lease, { drainTo })
  return drainTo
}

/** Sequences and materialized views. Returns the number of sequences. */
async function align(context: RunContext, selected: SelectedObjects, signal: AbortSignal): Promise<number> {
  const { run, source, target, guard } = context
  const purpose = `${run.migration.shortId} align`
  return await inStep(context, 'ALIGN', async () => {
    await using sourceSession = await connect(source, { purpose }, signal)
    await using targetSession = await connect(target, { purpose }, signal)
    const aligned = await alignSequences(
      sourceSession,
      targetSession,
      guard,
      selected.sequences,
      sequenceMargin,
    )
    const views = await refreshMaterializedViews(sourceSession, targetSession, guard, selected)
    return { value: aligned, detail: `${aligned} sequences, ${views} materialized views` }
  })
}

/**
 * Row counts of all tables whose changes were followed, as they are on the source now; without incremental, as they
 * were in the snapshot, for the source has gone on since.
 * @throws GodwitError TARGET_DIFFERS, naming tables and counts
 */
async function compare(
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

/**
 * Drops slot and publication, then the bookkeeping: afterwards nobody can write as this migration. The source comes
 * first, so that a target out of reach does not make it keep its log. Statistics of `tables` are gathered in between,
 * for writers need not wait for them; where that breaks off, the server gathers them by itself.
 */
async function release(
  context: RunContext,
  tables: readonly CatalogTable[],
  signal: AbortSignal,
): Promise<void> {
  const { target, guard, run } = context
  await releaseSource(context, signal)
  await takeOverTarget(context, signal)
  await using session = await connect(target, { purpose: `${run.migration.shortId} release` }, signal)
  await analyzeTables(session, guard, tables)
  await removeBookkeeping(session, guard)
}
