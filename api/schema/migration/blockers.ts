import {
  describeStart,
  type ErrorCode,
  type Migration,
  type QueueEntry,
  type VerifyReport,
} from '../../../engine/index.ts'
import { builder } from '../../builder.ts'
import { ErrorCodeEnum } from '../errors/index.ts'

/** Something that keeps a migration from moving on. */
export interface Blocker {
  readonly kind:
    'PROBLEM' | 'WAITING_FOR_RETRY' | 'WAITING_IN_QUEUE' | 'VERIFY_CHECK' | 'SCHEDULED' | 'CUTOVER_PLAN'
  readonly message: string
  readonly remedy: string
  readonly code: ErrorCode | null
  readonly statements: readonly string[]
  readonly until: Date | null
}

interface BlockerSources {
  /** Needed in status VERIFY_FAILED only. */
  readonly report: VerifyReport | null
  /** Its turn in the queue, when it waits for one. */
  readonly entry: QueueEntry | null
  /** What its cutover plan waits for. */
  readonly ofPlan: readonly Blocker[]
}

export function blockersOf(
  migration: Migration,
  { report, entry, ofPlan }: BlockerSources,
): readonly Blocker[] {
  return [
    ...problemsOf(migration),
    ...turnOf(entry),
    ...failedChecks(report),
    ...waitForStart(migration),
    ...ofPlan,
  ]
}

function turnOf(entry: QueueEntry | null): readonly Blocker[] {
  if (entry === null) return []
  return [
    {
      kind: 'WAITING_IN_QUEUE',
      message: entry.reason,
      remedy:
        entry.waitsFor === 'WORKER'
          ? 'See that a worker runs and has room (GODWIT_MAX_MIGRATIONS).'
          : 'Wait, give it a higher priority, or raise the limits of the queue.',
      code: null,
      statements: [],
      until: null,
    },
  ]
}

function problemsOf({ problem, nextAttemptAt }: Migration): readonly Blocker[] {
  if (problem === null) return []
  const { code, message, remedy } = problem
  return [
    {
      kind: nextAttemptAt === null ? 'PROBLEM' : 'WAITING_FOR_RETRY',
      message,
      remedy,
      code,
      statements: [],
      until: nextAttemptAt,
    },
  ]
}

function failedChecks(report: VerifyReport | null): readonly Blocker[] {
  const failed = report?.checks.filter(({ outcome }) => outcome === 'failed') ?? []
  return failed.map(({ title, detail, remedy, statements }) => ({
    kind: 'VERIFY_CHECK',
    message: `${title}: ${detail}`,
    remedy: remedy ?? 'Mend it, then verify again.',
    code: null,
    statements,
    until: null,
  }))
}

function waitForStart({ schedule }: Migration): readonly Blocker[] {
  if (schedule === null) return []
  return [
    {
      kind: 'SCHEDULED',
      message: `It starts by itself at ${describeStart(schedule)}.`,
      remedy: 'Wait, or start it now.',
      code: null,
      statements: [],
      until: schedule.startAt,
    },
  ]
}

const BlockerKind = builder.enumType('BlockerKind', {
  values: {
    PROBLEM: { description: 'A failure that needs someone to act.' },
    WAITING_FOR_RETRY: { description: 'A failure after which Godwit tries again by itself.' },
    WAITING_IN_QUEUE: { description: 'Others are at work, or come first.' },
    VERIFY_CHECK: { description: 'A failed check of verify.' },
    SCHEDULED: { description: 'The time of its start has not come.' },
    CUTOVER_PLAN: {
      description: 'Its cutover plan cannot be executed now: approvals are missing, or its window is closed.',
    },
  } as const satisfies Record<Blocker['kind'], { description: string }>,
})

export const BlockerRef = builder.objectRef<Blocker>('Blocker').implement({
  description: 'Why a migration does not move on, and what to do.',
  fields: (t) => ({
    kind: t.expose('kind', { type: BlockerKind }),
    message: t.exposeString('message'),
    remedy: t.exposeString('remedy'),
    code: t.expose('code', { type: ErrorCodeEnum, nullable: true }),
    statements: t.expose('statements', {
      type: ['String'],
      description: 'Statements that mend it, ready to run.',
    }),
    until: t.expose('until', {
      type: 'DateTime',
      nullable: true,
      description: 'When Godwit goes on, or tries again, by itself.',
    }),
  }),
})
