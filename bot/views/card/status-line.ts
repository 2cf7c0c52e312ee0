import { lines } from '../blocks/layout.ts'
import { given, join, type Mrkdwn, mrkdwn, none, when } from '../mrkdwn.ts'
import { counted, formatBytes, formatDuration, formatEstimate, formatSeconds } from '../units.ts'
import { statusWords } from '../words/status.ts'
import { stepWords } from '../words/steps.ts'
import type { MigrationStatus } from '../words/types.ts'
import {
  caughtUpSeconds,
  catchUpSecondsLeft,
  copiedFraction,
  copySecondsLeft,
  isFollowing,
  runningStep,
} from './facts.ts'
import type { MigrationCard } from './fragment.ts'

/** What a migration is doing: in a few words, and what there is to know of it. */
export interface StatusLine {
  readonly mark: string
  readonly words: string
  readonly details: Mrkdwn
  /** How much is done, from 0 to 1, of what has an end that is known. */
  readonly fraction?: number
}

export function statusLine(migration: MigrationCard, now: Date): StatusLine {
  return { ...briefStatus(migration), details: details[migration.status](migration, now) }
}

type Brief = Pick<MigrationCard, 'status' | 'steps' | 'progress' | 'nextAttemptAt'>

/** The same without details. */
export function briefStatus(migration: Brief): Omit<StatusLine, 'details'> {
  const { mark } = statusWords[migration.status]
  const isCopying = migration.status === 'RUNNING' && runningStep(migration)?.name === 'FULL_COPY'
  return {
    mark,
    words: wordsOf(migration),
    ...(isCopying && { fraction: copiedFraction(migration) }),
  }
}

function wordsOf(migration: Brief): string {
  const { status } = migration
  const step = runningStep(migration)
  if (status === 'RUNNING' && migration.nextAttemptAt !== null) return 'Trying again soon'
  if (status === 'RUNNING' && step !== undefined) return stepWords[step.name].doing
  if (status === 'COMPLETING' && step !== undefined)
    return `${statusWords[status].words}: ${lower(stepWords[step.name].doing)}`
  return statusWords[status].words
}

function lower(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1)
}

const details: Readonly<Record<MigrationStatus, (migration: MigrationCard, now: Date) => Mrkdwn>> = {
  DRAFT: () => mrkdwn`Verify looks at source and target, and says what stands in the way.`,
  VERIFYING: () => mrkdwn`This usually takes a few seconds.`,
  VERIFY_FAILED: checkCounts,
  READY: checkCounts,
  SCHEDULED: ({ schedule }) =>
    schedule === null ? none : mrkdwn`Starts ${when(schedule.startAt)}, and is verified again just before.`,
  QUEUED: ({ queue }) =>
    queue === null
      ? mrkdwn`It begins as soon as a worker takes it.`
      : mrkdwn`Number ${queue.position} in line. ${given(queue.reason, 200)}`,
  RUNNING: running,
  PAUSED: ({ lag }) =>
    lag === null
      ? none
      : mrkdwn`The source keeps ${formatBytes(lag.retainedBytes)} of log for it, and more as it is written.`,
  COMPLETING: () => none,
  COMPLETED: completed,
  FAILED: () => none,
  CANCELLING: () => none,
  CANCELLED: ({ finishedAt }) => (finishedAt === null ? none : mrkdwn`Since ${when(finishedAt)}.`),
}

function checkCounts({ verifyReport }: MigrationCard): Mrkdwn {
  if (verifyReport === null) return none
  const count = (outcome: string) => verifyReport.checks.filter((check) => check.outcome === outcome).length
  const [failed, warned, passed] = [count('FAILED'), count('WARNING'), count('PASSED')]
  if (failed + warned === 0) return mrkdwn`All ${counted(passed, 'check')} passed.`
  return join(
    [
      failed > 0 ? mrkdwn`${counted(failed, 'check')} failed` : none,
      warned > 0 ? mrkdwn`${counted(warned, 'warning')}` : none,
      mrkdwn`${passed} passed`,
    ],
    ' · ',
  )
}

function running(migration: MigrationCard, now: Date): Mrkdwn {
  if (migration.nextAttemptAt !== null)
    return mrkdwn`Next attempt ${when(migration.nextAttemptAt, '{time_secs}')}.`
  if (runningStep(migration)?.name === 'FULL_COPY') return copying(migration, now)
  return isFollowing(migration) ? following(migration) : none
}

function copying(migration: MigrationCard, now: Date): Mrkdwn {
  const { progress } = migration
  const left = copySecondsLeft(migration, now)
  const facts = [
    mrkdwn`${progress.copiedTables} of ${counted(progress.tables, 'table')}`,
    mrkdwn`${counted(progress.copiedRows, 'row')}`,
    mrkdwn`${formatBytes(progress.copiedBytes)}`,
    ...(left === undefined ? [] : [mrkdwn`${formatEstimate(left)} left`]),
  ]
  return join(facts, ' · ')
}

function following(migration: MigrationCard): Mrkdwn {
  const { lag } = migration
  if (lag === null) return none
  if (lag.seconds < caughtUpSeconds) return mrkdwn`The target is up to date.`
  const left = catchUpSecondsLeft(migration)
  return mrkdwn`The target is ${formatSeconds(lag.seconds)} behind${left === undefined ? '' : `, caught up in ${formatEstimate(left)}`}.`
}

function completed({ report, finishedAt }: MigrationCard): Mrkdwn {
  return lines(
    report === null
      ? none
      : join(
          [
            mrkdwn`${counted(report.rows, 'row')}`,
            mrkdwn`${formatBytes(report.bytes)}`,
            mrkdwn`${counted(report.appliedChanges, 'change')}`,
            mrkdwn`writers waited ${formatDuration(report.pause)}`,
          ],
          ' · ',
        ),
    finishedAt === null ? none : mrkdwn`Finished ${when(finishedAt)}.`,
  )
}
