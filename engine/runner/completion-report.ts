import { suggestCleanUp } from '../cutover/index.ts'
import type { ConnectionSettings } from '../endpoint/index.ts'
import { steps as stepOrder } from '../lifecycle/index.ts'
import type {
  CompletionReport,
  CutoverPlan,
  MigrationRun,
  ReportedDatabase,
  StepState,
  StepTiming,
} from '../ports/index.ts'
import type { SelectedObjects } from '../selection/index.ts'
import type { RunContext } from './context.ts'
import type { Alignment } from './steps/cutover/align.ts'
import { pauseMsOf } from './steps/cutover/pause.ts'

/** What only the completion itself knows. */
interface CompletionFacts extends Pick<
  CompletionReport,
  'drainedTo' | 'comparison' | 'appliedTransactions' | 'appliedChanges'
> {
  readonly aligned: Alignment
}

/**
 * Sums up a migration from what was kept while it ran. Writers wait until now, so this is the last thing to do; where
 * triggers and foreign keys are still to come, the pause is measured again after them.
 */
export async function buildCompletionReport(
  context: RunContext,
  selected: SelectedObjects,
  { aligned, ...facts }: CompletionFacts,
): Promise<CompletionReport> {
  const { runs, lease } = context
  const atStart = await runs.acceptedWarnings(lease)
  const run = await runs.load(lease)
  const { cutover, stream, migration } = run
  const { incremental } = migration.kind
  const source = toReported(context.source)
  const target = toReported(context.target)
  const timings = timingsOf(run.steps)
  const durationOf = (step: StepTiming['step']) => timings.find((timing) => timing.step === step)?.durationMs
  return {
    ...facts,
    ...decisionsOf(cutover),
    migration: `${migration.shortId} (${migration.name})`,
    source,
    target,
    rows: run.tables.reduce((sum, table) => sum + table.copiedRows, 0n),
    bytes: run.tables.reduce((sum, table) => sum + table.copiedBytes, 0n),
    fullCopyMs: durationOf('FULL_COPY') ?? 0,
    steps: timings,
    fencing: incremental ? (stream.fence?.mode ?? 'NONE') : null,
    pauseMs: pauseMsOf(run),
    compareMs: facts.comparison.length === 0 ? null : (durationOf('COMPARE') ?? null),
    alignedSequences: aligned.sequences,
    refreshedViews: aligned.materializedViews,
    acceptedWarnings: [...atStart, ...(cutover?.measured.warnings.map(({ code }) => code) ?? [])],
    cleanUp: suggestCleanUp({ source, target, fence: stream.fence, tables: selected.tables, incremental }),
  }
}

/** The report with the times of the steps as they are now. */
export function withTimings(report: CompletionReport, steps: MigrationRun['steps']): CompletionReport {
  return { ...report, steps: timingsOf(steps) }
}

function timingsOf(steps: readonly StepState[]): readonly StepTiming[] {
  return steps
    .toSorted((a, b) => stepOrder.indexOf(a.step) - stepOrder.indexOf(b.step))
    .flatMap(({ step, startedAt, finishedAt }) =>
      startedAt === null || finishedAt === null
        ? []
        : [{ step, durationMs: finishedAt.getTime() - startedAt.getTime() }],
    )
}

function decisionsOf(
  plan: CutoverPlan | null,
): Pick<CompletionReport, 'predictedPauseMs' | 'requestedBy' | 'decisions' | 'breakGlass'> {
  if (plan === null) return { predictedPauseMs: null, requestedBy: null, decisions: [], breakGlass: null }
  const { requestedBy, breakGlass } = plan
  return {
    predictedPauseMs: plan.predictedPauseMs,
    requestedBy: requestedBy.onBehalfOf ?? requestedBy.name,
    decisions: plan.decisions.map(({ person, decision, reason }) => ({ person, decision, reason })),
    breakGlass: breakGlass && { person: breakGlass.person, reason: breakGlass.reason },
  }
}

function toReported({ host, port, database, user }: ConnectionSettings): ReportedDatabase {
  return { host, port, database, user }
}
