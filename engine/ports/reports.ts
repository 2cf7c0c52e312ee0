import type { Step } from '../lifecycle/index.ts'
import type { Lsn } from '../replication/lsn.ts'
import type { Fencing } from './cutover.ts'

export interface TableComparison {
  readonly schema: string
  readonly table: string
  /** On the source when writes had stopped; without incremental, in the snapshot that was copied. */
  readonly sourceRows: bigint
  readonly targetRows: bigint
}

/** A database as it was reached, without secrets. */
export interface ReportedDatabase {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
}

export interface StepTiming {
  readonly step: Step
  readonly durationMs: number
}

export interface ReportedDecision {
  readonly person: string
  readonly decision: 'APPROVE' | 'REJECT'
  readonly reason: string | null
}

/** Something that the migration leaves to people, when nothing else needs it. */
export interface CleanUpItem {
  readonly side: 'SOURCE' | 'TARGET'
  readonly what: string
  readonly statements: readonly string[]
}

/** What a migration did, kept when it completes. */
export interface CompletionReport {
  readonly migration: string
  /** Null in reports of older versions, as is all that they did not have. */
  readonly source: ReportedDatabase | null
  readonly target: ReportedDatabase | null
  readonly rows: bigint
  readonly bytes: bigint
  readonly fullCopyMs: number
  readonly appliedTransactions: bigint
  readonly appliedChanges: bigint
  readonly drainedTo: Lsn | null
  /** How each step that was gone through took; RELEASE only when it has ended. */
  readonly steps: readonly StepTiming[]
  /** How the source was kept from changing; null without incremental. */
  readonly fencing: Fencing | null
  /** From the fence, or the call to complete, to the moment when the target may be written to. */
  readonly pauseMs: number
  readonly predictedPauseMs: number | null
  /** The part of the pause that comparing took; null when nothing was compared. */
  readonly compareMs: number | null
  readonly comparison: readonly TableComparison[]
  readonly alignedSequences: number
  readonly refreshedViews: number
  readonly requestedBy: string | null
  readonly decisions: readonly ReportedDecision[]
  readonly breakGlass: { readonly person: string; readonly reason: string } | null
  /** Names of checks of verify, and codes of warnings of the plan. */
  readonly acceptedWarnings: readonly string[]
  readonly cleanUp: readonly CleanUpItem[]
}
