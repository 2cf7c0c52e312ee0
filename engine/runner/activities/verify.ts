import { runVerify, type VerifyReport } from '../../verify/index.ts'
import type { RunContext } from '../context.ts'

/** Runs all checks, keeps the report, and says whether the migration may start. */
export async function verify(context: RunContext, signal: AbortSignal): Promise<void> {
  const { outcome } = await runChecks(context, signal)
  await context.runs.report(context.lease, outcome === 'failed' ? 'VERIFY_REFUSED' : 'VERIFY_PASSED')
}

/** Runs all checks and keeps the report. */
export async function runChecks(context: RunContext, signal: AbortSignal): Promise<VerifyReport> {
  const { run, runs, lease, source, target } = context
  const { selection, kind, id } = run.migration
  const report = await runVerify({ source, target, selection, kind, migrationId: id }, signal)
  signal.throwIfAborted()
  await runs.saveVerifyReport(lease, report)
  return report
}
