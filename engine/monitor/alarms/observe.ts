import type { ErrorCode } from '../../errors.ts'
import { isActive, isEnded, type Status } from '../../lifecycle/index.ts'
import type { SourceFence } from '../../ports/fence.ts'
import type { WalStatus } from '../../ports/migrations.ts'
import type { AlarmSample, Observation } from './evaluate.ts'
import { alarmCatalog, type AlarmKind } from './kinds.ts'

/** What the control database knows of a migration at one moment. */
export interface AlarmFacts {
  readonly now: Date
  readonly status: Status
  readonly deleted: boolean
  /** Incremental runs: samples are taken. */
  readonly following: boolean
  /** Failures in a row. */
  readonly attempt: number
  readonly problem: { readonly code: ErrorCode; readonly message: string } | null
  /** How the target differed at the last comparison; null when it did not. */
  readonly differs: string | null
  /** The change that did not fit the target, until it has been applied. */
  readonly diverged: string | null
  /** How the slot was lost, until one streams again. */
  readonly slotLost: string | null
  /** It came to its status by a scheduled start that was not made. */
  readonly startRefused: boolean
  /** What fences the source. */
  readonly fence: Pick<SourceFence, 'mode' | 'undo'> | null
  /** The completion is being given up. */
  readonly givenUp: boolean
  /** RELEASE has begun: the point of no return. */
  readonly releasing: boolean
  /** The cutover plan that is open has its approvals. */
  readonly planApproved: boolean
  /** Until the cutover plan that waits for approval, or has it and waits to be executed, expires; null: none does. */
  readonly approvalSecondsLeft: number | null
  /** Since the lease ran out; 0 while it is held, or free. */
  readonly leaseOverdueSeconds: number
  /** It has a slot, whether anybody takes changes from it or not. */
  readonly holdsSlot: boolean
  /** What was measured of the slot since the last sample, while nobody took changes from it. */
  readonly idleSlot: SlotSample | null
  /** Newest first. */
  readonly samples: readonly RiskSample[]
}

/** What a slot holds back. */
export interface SlotSample {
  readonly at: Date
  readonly retainedBytes: number
  readonly walStatus: WalStatus | null
  readonly safeWalBytes: number | null
}

/** Of a lag sample, what alarms are about. */
export interface RiskSample extends SlotSample {
  readonly seconds: number
  readonly bytes: number
  readonly oldestTransactionSeconds: number
  readonly stalledSeconds: number
}

/** What is to be seen of each kind. */
export function observe(kind: AlarmKind, facts: AlarmFacts): Observation {
  return facts.deleted ? { ended: 'The migration was deleted.' } : observers[kind](facts)
}

type Observer = (facts: AlarmFacts) => Observation

const atRisk = ofSlot(bytesUntilLoss)

const observers: Readonly<Record<AlarmKind, Observer>> = {
  LAG_SECONDS: sampled(({ seconds }) => seconds),
  LAG_BYTES: sampled(({ bytes }) => bytes),
  APPLY_STALLED: sampled(({ stalledSeconds }) => stalledSeconds),
  WAL_RETAINED: ofSlot(({ retainedBytes }) => retainedBytes),
  SLOT_AT_RISK: (facts) => {
    const { status, slotLost, now } = facts
    if (slotLost !== null && !isEnded(status)) return { samples: [{ at: now, value: 0 }] }
    // Nobody needs its changes any more.
    return status === 'CANCELLING' ? { ended: describeEnding(status) } : atRisk(facts)
  },
  LONG_TRANSACTION: sampled(({ oldestTransactionSeconds }) => oldestTransactionSeconds),
  // To wait for the fence of another migration is no failure.
  TARGET_ERRORS: worked(({ attempt, problem }) => (problem?.code === 'FENCED_BY_OTHER' ? 0 : attempt)),
  VERIFY_FAILED_BEFORE_START: known((facts) => Number(facts.startRefused && !isMissed(facts))),
  SCHEDULE_MISSED: known((facts) => Number(facts.startRefused && isMissed(facts))),
  APPROVAL_EXPIRING: ({ now, approvalSecondsLeft }) =>
    approvalSecondsLeft === null
      ? { ended: 'No plan waits any more.' }
      : { samples: [{ at: now, value: approvalSecondsLeft }] },
  MIGRATION_FAILED: known(({ status }) => Number(status === 'FAILED')),
  COMPARISON_DIFFERENT: found(({ differs }) => differs),
  TARGET_DIVERGED: found(({ diverged }) => diverged),
  SOURCE_FENCED: known((facts) => Number(isStranded(facts))),
  WORKER_LOST: worked(({ leaseOverdueSeconds }) => leaseOverdueSeconds),
}

function isMissed({ problem }: AlarmFacts): boolean {
  return problem?.code === 'SCHEDULE_MISSED'
}

/** While somebody completes it, and from RELEASE on, the fence is as it should be. */
function isStranded(facts: AlarmFacts): boolean {
  const { status, fence, givenUp } = facts
  // Where there is nothing to undo only the place of the fence is taken.
  if (fence === null || fence.undo.length === 0 || status === 'COMPLETED') return false
  return status !== 'COMPLETING' || givenUp || isLeftBehind(facts)
}

/** A worker that is killed leaves nothing but its lease behind, and the alarm of that may be muted. */
export function isLeftBehind({ status, releasing, leaseOverdueSeconds }: AlarmFacts): boolean {
  return status === 'COMPLETING' && !releasing && leaseOverdueSeconds >= alarmCatalog.WORKER_LOST.raise
}

function sampled(measure: (sample: RiskSample) => number): Observer {
  return ({ status, following, samples }) => {
    if (!following) return { ended: describeEnding(status) }
    return { samples: samples.map((sample): AlarmSample => ({ at: sample.at, value: measure(sample) })) }
  }
}

/** The slot holds back the log also while nobody takes changes from it, so a pause does not end what is of it. */
function ofSlot(measure: (slot: SlotSample) => number): Observer {
  const whileFollowed = sampled(measure)
  return (facts) => {
    const { idleSlot, holdsSlot, following } = facts
    if (!holdsSlot || (following && idleSlot === null)) return whileFollowed(facts)
    if (idleSlot === null)
      return { samples: facts.samples.map((slot) => ({ at: slot.at, value: measure(slot) })) }
    return { samples: [{ at: idleSlot.at, value: measure(idleSlot) }], settled: true }
  }
}

/** Of the work of a worker, so only while there is some. */
function worked(measure: (facts: AlarmFacts) => number): Observer {
  const observer = known(measure)
  return (facts) => (isActive(facts.status) ? observer(facts) : { ended: describeEnding(facts.status) })
}

function known(measure: (facts: AlarmFacts) => number): Observer {
  return (facts) => ({ samples: [{ at: facts.now, value: measure(facts) }] })
}

/** What stays so until it is disproved, or nothing can be mended any more. */
function found(finding: (facts: AlarmFacts) => string | null): Observer {
  const observer = known((facts) => Number(finding(facts) !== null))
  return (facts) => (isEnded(facts.status) ? { ended: describeEnding(facts.status) } : observer(facts))
}

function describeEnding(status: Status): string {
  return endings[status] ?? `The migration is ${status} now.`
}

/** Why nothing is measured any more. */
const endings: Partial<Record<Status, string>> = {
  PAUSED: 'The migration was paused.',
  FAILED: 'The migration has failed.',
  QUEUED: 'The migration waits in the queue.',
  COMPLETING: 'The migration is completing.',
  COMPLETED: 'The migration is completed.',
  CANCELLING: 'The migration was cancelled.',
  CANCELLED: 'The migration was cancelled.',
}

/** Far above every mark, and still a number that JSON keeps. */
const unlimitedBytes = Number.MAX_SAFE_INTEGER

function bytesUntilLoss({ walStatus, safeWalBytes }: SlotSample): number {
  if (walStatus === 'unreserved' || walStatus === 'lost') return 0
  return safeWalBytes ?? unlimitedBytes
}
