import { formatLsn, parseLsn, type CompletionReport } from '../../engine/index.ts'
import type { StoredReport } from '../schema/index.ts'

/** A report as it is kept. */
export function toStoredReport(report: CompletionReport): StoredReport {
  return {
    ...report,
    rows: String(report.rows),
    bytes: String(report.bytes),
    appliedTransactions: String(report.appliedTransactions),
    appliedChanges: String(report.appliedChanges),
    drainedTo: report.drainedTo === null ? null : formatLsn(report.drainedTo),
    comparison: report.comparison.map((table) => ({
      ...table,
      sourceRows: String(table.sourceRows),
      targetRows: String(table.targetRows),
    })),
  }
}

/** What reports did not have when Godwit wrote its first ones. */
const unknown = {
  migration: '',
  source: null,
  target: null,
  steps: [],
  fencing: null,
  predictedPauseMs: null,
  compareMs: null,
  refreshedViews: 0,
  requestedBy: null,
  decisions: [],
  breakGlass: null,
  acceptedWarnings: [],
  cleanUp: [],
} as const satisfies Partial<CompletionReport>

/** A report as it was kept, also by an older version. */
export function fromStoredReport(stored: StoredReport): CompletionReport {
  return {
    ...unknown,
    ...stored,
    rows: BigInt(stored.rows),
    bytes: BigInt(stored.bytes),
    appliedTransactions: BigInt(stored.appliedTransactions),
    appliedChanges: BigInt(stored.appliedChanges),
    drainedTo: stored.drainedTo === null ? null : parseLsn(stored.drainedTo),
    comparison: stored.comparison.map((table) => ({
      ...table,
      sourceRows: BigInt(table.sourceRows),
      targetRows: BigInt(table.targetRows),
    })),
  }
}
