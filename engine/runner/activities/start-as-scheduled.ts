import type { RunContext } from '../context.ts'
import { runChecks } from './verify.ts'

/** The time of a scheduled start has come: what was verified when it was scheduled is verified again. */
export async function startAsScheduled(context: RunContext, signal: AbortSignal): Promise<void> {
  const { outcome } = await runChecks(context, signal)
  await context.runs.report(context.lease, outcome === 'failed' ? 'VERIFY_REFUSED' : 'START_DUE')
}
