import type { Status } from '../lifecycle/index.ts'
import type { Lsn } from '../replication/lsn.ts'
import type { Actor } from './actors.ts'

/** How Godwit keeps others from writing to the source while it completes. */
export type Fencing = 'NONE' | 'READ_ONLY' | 'BLOCK_CONNECTIONS'

export interface CutoverOptions {
  readonly fencing: Fencing
  /** Of fencing NONE: how long nothing may arrive before writes count as stopped. */
  readonly quietMs: number
  /** When the pause gets longer than this, Godwit gives up and lets writers go on. */
  readonly maxPauseMs: number
  /** Whether rows are counted on both sides while writers wait. */
  readonly compare: boolean
}

/** Something that a person should know before deciding. */
export interface CutoverWarning {
  /** The same for the same cause: a code that a plan did not have voids it. */
  readonly code: string
  readonly message: string
  /** What to do about it; a statement where there is one. */
  readonly remedy: string
}

/** One that reads from the same source database as another. */
export interface OtherMigration {
  readonly shortId: string
  readonly name: string
  readonly status: Status
}

/** What source and target were like when they were looked at. */
export interface CutoverMeasurement {
  readonly lagBytes: bigint
  /** At most, by the last sample of the applier; 0 when caught up, and before the first sample. */
  readonly lagSeconds: number
  readonly sequences: number
  readonly materializedViews: number
  readonly tables: number
  /** Size of the tables on the source, without indexes. */
  readonly tableBytes: bigint
  /** On the source, Godwit's own left out; 0 without any. */
  readonly longestTransactionSeconds: number
  readonly warnings: readonly CutoverWarning[]
}

/** What the pause is made of. */
export interface PauseParts {
  readonly fenceMs: number
  readonly drainMs: number
  readonly alignMs: number
  readonly compareMs: number
}

export const cutoverPlanStatuses = [
  'PENDING',
  'APPROVED',
  'REJECTED',
  'EXPIRED',
  'VOID',
  'EXECUTING',
  'EXECUTED',
] as const

export type CutoverPlanStatus = (typeof cutoverPlanStatuses)[number]

export interface CutoverDecision {
  /** Whom it counts for: see `personOf`. */
  readonly person: string
  readonly actor: Actor
  readonly decision: 'APPROVE' | 'REJECT'
  readonly reason: string | null
  readonly at: Date
}

/** One rule as it was when the plan was made: later changes of rules and groups do not touch it. */
export interface RequiredApproval {
  readonly rule: string
  readonly required: number
  /** Who can give it: people of the rule and members of its groups, each once. */
  readonly approvers: readonly string[]
}

/** What a plan needs; nothing when no rule is about its migration. */
export interface ApprovalRequirement {
  readonly rules: readonly RequiredApproval[]
}

export interface BreakGlass {
  readonly person: string
  readonly reason: string
  readonly at: Date
}

/** What is going to be done to complete a migration, for people to decide on. */
export interface CutoverPlan {
  readonly id: string
  readonly migrationId: string
  /** SHA-256 over all that is shown of it but status and decisions: who decides names what was looked at. */
  readonly digest: string
  readonly status: CutoverPlanStatus
  readonly options: CutoverOptions
  readonly measured: CutoverMeasurement
  readonly predictedPauseMs: number
  readonly predictedParts: PauseParts
  /** Of the migration when it was measured. */
  readonly migrationVersion: number
  readonly requestedBy: Actor
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly decisions: readonly CutoverDecision[]
  readonly requirement: ApprovalRequirement
  /** Why it does not hold any more. */
  readonly voidReason: string | null
  /** The person who asked for the completion by it; null before. */
  readonly executedBy: string | null
  /** When that was; null also of plans that an older version executed. */
  readonly executedAt: Date | null
  /** Set when it was executed without the approvals it lacks. */
  readonly breakGlass: BreakGlass | null
}

/** The last lag sample, and how old it is by the clock of the control database. */
export interface SampledLag {
  readonly seconds: number
  readonly ageSeconds: number
  /** Up to there the source had nothing that the target lacks, other databases' log included. */
  readonly appliedLsn: Lsn
}
