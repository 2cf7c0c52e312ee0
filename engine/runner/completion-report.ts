import type { CompletionReport, MigrationRun } from '../ports/index.ts'

/** What only the completion itself knows. */
type CompletionFacts = Omit<CompletionReport, 'rows' | 'bytes' | 'fullCopyMs'>

/** Sums up a migration from what was kept while it ran. */
export function buildCompletionReport(run: MigrationRun, facts: CompletionFacts): CompletionReport {
  const copy = run.steps.find((state) => state.step === 'FULL_COPY')
  const fullCopyMs =
    copy?.startedAt && copy.finishedAt ? copy.finishedAt.getTime() - copy.startedAt.getTime() : 0
  return {
    ...facts,
    rows: run.tables.reduce((sum, table) => sum + table.copiedRows, 0n),
    bytes: run.tables.reduce((sum, table) => sum + table.copiedBytes, 0n),
    fullCopyMs,
  }
}
