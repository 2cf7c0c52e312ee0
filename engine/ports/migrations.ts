import type { ErrorCode } from '../errors.ts'
import type { Action, Kind, Status, Step, StepStatus } from '../lifecycle/index.ts'
import type { Lsn } from '../replication/lsn.ts'
import type { Selection } from '../selection/types.ts'
import type { VerifyReport } from '../verify/types.ts'
import type { CommandContext } from './actors.ts'
import type { StandingFence } from './fence.ts'
import type { Page, PageRequest } from './pages.ts'
import type { CompletionReport } from './reports.ts'
import type { CutoverWindowSetting, NewSchedule, Schedule } from './schedules.ts'

/** Why a migration is not moving, or moved on only after a failure. */
export interface Problem {
  readonly code: ErrorCode
  readonly message: string
  readonly remedy: string
  readonly at: Date
}

export interface Migration {
  readonly id: string
  /** For people: `m-7f3k`. Every call that takes an id takes it. */
  readonly shortId: string
  readonly name: string
  /** For people, to find and to group; each once, in their order. */
  readonly tags: readonly string[]
  readonly sourceId: string
  readonly targetId: string
  readonly selection: Selection
  readonly kind: Kind
  readonly status: Status
  /** Grows with every change of status or settings; optimistic concurrency. */
  readonly version: number
  /** Of its turn in the queue, higher first. */
  readonly priority: number
  /** The last failure, kept while it matters: cleared when the migration moves on. */
  readonly problem: Problem | null
  /** Set while an automatic repetition is waiting. */
  readonly nextAttemptAt: Date | null
  /** In status SCHEDULED; else null. */
  readonly schedule: Schedule | null
  /** Null: it may be completed at any time. */
  readonly cutoverWindow: CutoverWindowSetting | null
  readonly createdAt: Date
  readonly startedAt: Date | null
  readonly finishedAt: Date | null
  /** Filled by completion. */
  readonly report: CompletionReport | null
}

export interface NewMigration {
  /** Absent: made of the names of the endpoints. Not unique. */
  readonly name?: string
  /** At most 20 of at most 50 characters; blanks around them, and repetitions, are left out. */
  readonly tags?: readonly string[]
  readonly sourceId: string
  readonly targetId: string
  readonly selection: Selection
  readonly kind: Kind
}

/** What is absent stays. Name and tags may change at any time, the rest before the start only. */
export interface MigrationChange extends Partial<NewMigration> {
  readonly migrationId: string
  readonly expectedVersion?: number
}

export interface StepState {
  readonly step: Step
  readonly status: StepStatus
  readonly startedAt: Date | null
  readonly finishedAt: Date | null
  /** A short sentence on where it is, or what it did. */
  readonly detail: string | null
}

export interface TableProgress {
  readonly schema: string
  readonly table: string
  readonly status: 'PENDING' | 'COPYING' | 'COPIED'
  /** From the statistics of the source; null when unknown. */
  readonly estimatedRows: number | null
  /** Size on the source, without indexes. */
  readonly sizeBytes: bigint
  readonly copiedRows: bigint
  /** Bytes of the COPY stream, which are not those of the table's files. */
  readonly copiedBytes: bigint
}

/** What the source still has of the log that the slot needs: all; all, by the limit that it may keep; not for long; no more. */
export const walStatuses = ['reserved', 'extended', 'unreserved', 'lost'] as const

export type WalStatus = (typeof walStatuses)[number]

export interface LagSample {
  readonly at: Date
  /** Source's current WAL position minus the applied commit end; 0 when caught up. */
  readonly bytes: bigint
  /** Now minus the source commit time of the oldest unapplied transaction; 0 when caught up. */
  readonly seconds: number
  /** WAL that the slot holds back on the source. */
  readonly retainedBytes: bigint
  /** `lost` also when there is no slot; null where the server does not say, before 13. */
  readonly walStatus: WalStatus | null
  /** WAL that can still be written before the slot is at risk; null when nothing limits it. */
  readonly safeWalBytes: bigint | null
  /** Age of the oldest transaction on the source that has written; 0 when there is none. */
  readonly oldestTransactionSeconds: number
  /**
   * For how long nothing has moved, not even within a transaction, though there was something to apply; 0 after a gap
   * in the samples.
   */
  readonly stalledSeconds: number
  readonly sourceLsn: Lsn
  readonly appliedLsn: Lsn
  /** Source transactions and row changes applied since incremental began. */
  readonly appliedTransactions: bigint
  readonly appliedChanges: bigint
}

/** As a worker measures it. */
export interface NewLagSample extends Omit<LagSample, 'at' | 'stalledSeconds'> {
  /** Something was done since the sample before, though the applied position may be where it was. */
  readonly hasMoved?: boolean
}

/** All that is given must hold. */
export interface MigrationFilter {
  readonly statuses?: readonly Status[]
  /** All of them. */
  readonly tags?: readonly string[]
  /** As source or as target. */
  readonly endpointId?: string
  /** Somewhere in its name, its short id or the name of an endpoint, in upper or lower case. */
  readonly text?: string
  readonly createdAfter?: Date
  readonly createdBefore?: Date
}

/** What the API asks of the control database about migrations. */
export interface MigrationStore {
  /** @throws GodwitError NOT_FOUND (endpoint), SAME_ENDPOINT, BAD_INPUT */
  create(input: NewMigration, context: CommandContext): Promise<Migration>
  /**
   * Other endpoints, selection or kind make a DRAFT of it, without the report of verify: that was of something else.
   * @throws GodwitError NOT_FOUND, SAME_ENDPOINT, BAD_INPUT, STALE_VERSION, ILLEGAL_ACTION
   */
  update(change: MigrationChange, context: CommandContext): Promise<Migration>
  /** A draft with the same settings. @throws GodwitError NOT_FOUND (also of an endpoint), BAD_INPUT */
  clone(
    request: { readonly migrationId: string; readonly name?: string },
    context: CommandContext,
  ): Promise<Migration>
  /**
   * Takes it out of every list; its events stay. Returns its id.
   * @throws GodwitError NOT_FOUND, STALE_VERSION, ILLEGAL_ACTION where something of it may be on a server
   */
  delete(
    request: { readonly migrationId: string; readonly expectedVersion?: number },
    context: CommandContext,
  ): Promise<string>
  /**
   * Forgets the fence of a migration that has ended, for another may fence the same source then; the source stays as it
   * is.
   * @throws GodwitError NOT_FOUND, STALE_VERSION, ILLEGAL_ACTION
   */
  forgetFence(
    request: { readonly migrationId: string; readonly expectedVersion?: number },
    context: CommandContext,
  ): Promise<Migration>
  /** By id or short id. */
  find(id: string): Promise<Migration | null>
  /** @throws GodwitError BAD_INPUT */
  list(filter: MigrationFilter, page: PageRequest): Promise<Page<Migration>>
  /**
   * A person's action: one transaction with the change of status, event, audit entry and the nudge to a worker.
   * @throws GodwitError NOT_FOUND, ILLEGAL_ACTION, STALE_VERSION, WARNINGS_NOT_ACCEPTED, WRITES_NOT_STOPPED, PLAN_…,
   * BAD_INPUT
   */
  act(request: ActionRequest, context: CommandContext): Promise<Migration>
  /** Who works on it now, by name; null when nobody does. */
  worker(migrationId: string): Promise<string | null>
  steps(migrationId: string): Promise<readonly StepState[]>
  tables(
    migrationId: string,
    filter?: { readonly status?: TableProgress['status'] },
  ): Promise<readonly TableProgress[]>
  /** Newest last; at most `limit`. */
  lagSamples(migrationId: string, limit: number): Promise<readonly LagSample[]>
  verifyReport(migrationId: string): Promise<VerifyReport | null>
  /** What keeps others from writing to the source; null when nothing does. */
  fence(migrationId: string): Promise<StandingFence | null>
}

export interface ActionRequest {
  readonly migrationId: string
  readonly action: Action
  readonly expectedVersion?: number
  /** Of START and SCHEDULE: go on although verify warned. Recorded with the actor. */
  readonly acceptWarnings?: boolean
  /** Of SCHEDULE: when to start. */
  readonly schedule?: NewSchedule
  /** Of COMPLETE: the caller says that nothing writes to the source any more. */
  readonly writesStopped?: boolean
  /** Of COMPLETE: which plan is to be executed. */
  readonly planDigest?: string
  /** Of COMPLETE: go on without the approvals that are missing. For admins; recorded, with the reason. */
  readonly breakGlass?: { readonly reason: string }
}
