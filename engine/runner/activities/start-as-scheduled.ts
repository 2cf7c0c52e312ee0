import type { ReportDetails, Schedule } from '../../ports/index.ts'
import { describeStart, isMissed } from '../../schedule/index.ts'
import type { CheckResult } from '../../verify/types.ts'
import type { RunContext } from '../context.ts'
import { reachBoth } from './reach-both.ts'
import { runChecks } from './verify.ts'

/**
 * The time of a scheduled start has come: what was verified when it was scheduled is verified again, and only
 * warnings that were accepted then let it start. When the time has been missed, the schedule says what to do.
 */
export async function startAsScheduled(context: RunContext, signal: AbortSignal): Promise<void> {
  const { run, runs, lease } = context
  const { schedule, nextAttemptAt } = run.migration
  if (schedule === null) throw new TypeError(`migration ${run.migration.id} is scheduled for no time`)
  const missed = isMissed({ startAt: schedule.startAt, nextAttemptAt }, run.readAt)
  if (missed && schedule.whenMissed === 'REPORT') {
    return void (await runs.report(lease, 'START_REFUSED', { problem: describeMissed(schedule, run.readAt) }))
  }
  await reachBoth(context, signal)
  const { outcome, checks } = await runChecks(context, signal)
  const unaccepted = checks.filter(
    (check) => check.outcome === 'warning' && !schedule.acceptedWarnings.includes(check.check),
  )
  if (outcome === 'failed') await runs.report(lease, 'VERIFY_REFUSED')
  else if (unaccepted.length > 0) {
    await runs.report(lease, 'START_REFUSED', { problem: describeWarnings(unaccepted) })
  } else await runs.report(lease, 'START_DUE', missed ? { note: describeDelay(schedule) } : {})
}

type NewProblem = NonNullable<ReportDetails['problem']>

function describeMissed(schedule: Schedule, now: Date): NewProblem {
  return {
    code: 'SCHEDULE_MISSED',
    message: `The start was due at ${describeStart(schedule)}, and no worker was free for it until ${now.toISOString()}.`,
    remedy: 'Schedule the migration anew, or start it now.',
  }
}

function describeWarnings(warnings: readonly CheckResult[]): NewProblem {
  return {
    code: 'WARNINGS_NOT_ACCEPTED',
    message: `Verify warned before the scheduled start of what nobody has accepted: ${warnings.map(({ title }) => title).join('; ')}.`,
    remedy: 'Read the warnings of verify; mend them, or start or schedule with acceptWarnings: true.',
  }
}

function describeDelay(schedule: Schedule): string {
  return `The start was due at ${describeStart(schedule)} already; no worker was free for it then.`
}
