import type { Report, Step, StepStatus } from '../lifecycle/index.ts'
import type { Lsn } from '../replication/lsn.ts'
import type { VerifyReport } from '../verify/types.ts'
import type { CutoverPlan, OtherMigration, SampledLag } from './cutover.ts'
import type { NewEvent } from './events.ts'
import type { GivenUp, SourceFence } from './fence.ts'
import type { LagSample, Migration, NewLagSample, Problem, StepState, TableProgress } from './migrations.ts'
import type { CompletionReport } from './reports.ts'

/** Ownership of a migration for a while. Every write of a worker names it, and fails with LEASE_LOST without it. */
export interface Lease {
  readonly migrationId: string
  readonly owner: string
  /** Grows with every change of owner; on the target it fences out former owners. */
  readonly epoch: bigint
}

/** What is known of the stream of one database, for resuming. */
export interface StreamState {
  readonly name: string
  readonly publicationName: string
  readonly slotName: string
  /** Where the snapshot was taken and changes begin; null before the slot exists. */
  readonly consistentPoint: Lsn | null
  /** Of the source, to notice that it was replaced. */
  readonly systemIdentifier: string | null
  readonly timeline: number | null
  /** What completion drains to; null before. */
  readonly drainTo: Lsn | null
  /** Foreign keys and triggers were left out, because they would have acted on what incremental writes; they are to come. */
  readonly heldBack: boolean
  /** What keeps others from writing to the source; null when nothing does. */
  readonly fence: SourceFence | null
  /** Set while a completion is being given up: whoever goes on with it does nothing else. Every change of status clears it. */
  readonly givenUp: GivenUp | null
}

/** Everything that a worker needs to go on with a migration. */
export interface MigrationRun {
  readonly migration: Migration
  readonly stream: StreamState
  readonly steps: readonly StepState[]
  readonly tables: readonly TableProgress[]
  readonly lastLag: LagSample | null
  readonly sampledLag: SampledLag | null
  /** The plan that is being executed; null of a migration that completes by itself, and outside COMPLETING. */
  readonly cutover: CutoverPlan | null
  /** Failures in a row, for the backoff. */
  readonly attempt: number
  readonly firstFailureAt: Date | null
  /** When all this was read, by the clock of the control database. */
  readonly readAt: Date
}

/** What the supervisor asks of the control database. */
export interface LeaseStore {
  /**
   * Migrations in an active status whose lease is free or has run out, whose next attempt is due, and whose turn it is
   * where they need a place in the queue.
   * @param options.urgentOnly only what a worker without room takes on all the same: see `urgentStatuses`
   */
  findClaimable(limit: number, options?: { readonly urgentOnly?: boolean }): Promise<readonly string[]>
  /**
   * Null when another holds it, there is nothing to do any more, or the queue does not let it begin yet. Raises the
   * epoch. However many workers claim at once, the limits of the queue are kept.
   */
  claim(migrationId: string, owner: string, ttlMs: number): Promise<Lease | null>
  /** False when the lease was lost. */
  renew(lease: Lease, ttlMs: number): Promise<boolean>
  release(lease: Lease): Promise<void>
}

/** What a worker writes. Every method throws GodwitError LEASE_LOST when the lease is not held any more. */
export interface RunStore {
  /** Whether the lease is held, by the word of the control database; asked before a write elsewhere. */
  assertOwner(lease: Lease): Promise<void>
  load(lease: Lease): Promise<MigrationRun>
  /**
   * Reports and changes the status by the transition table, with event and audit entry. `problem` is kept on the
   * migration; without it a former one is cleared, and so are the failures in a row. BEGUN needs a lease that was
   * claimed as the turn of the queued migration; any other is not good for it (LEASE_LOST).
   * @throws GodwitError ILLEGAL_ACTION when the status has changed meanwhile; STALE_VERSION when a scheduled migration
   * has been scheduled anew
   */
  report(lease: Lease, report: Report, details?: ReportDetails): Promise<Migration>
  /** A retryable failure: kept as problem; the migration stays as it is, and is claimable after the delay. */
  saveRetry(lease: Lease, retry: Retry): Promise<void>
  /** Things go well again: failures in a row are forgotten. */
  clearRetry(lease: Lease): Promise<void>
  saveStep(
    lease: Lease,
    step: { readonly step: Step; readonly status: StepStatus; readonly detail?: string },
  ): Promise<void>
  saveStream(
    lease: Lease,
    patch: Partial<Omit<StreamState, 'name' | 'publicationName' | 'slotName'>>,
  ): Promise<void>
  /**
   * Keeps the fence before it is raised. No two migrations have one around the same database at a time.
   * @throws GodwitError FENCED_BY_OTHER naming the other one; retryable while its fence may still be lifted
   */
  recordFence(lease: Lease, fence: SourceFence): Promise<void>
  /** Another migration whose fence lets nobody else open sessions on the same source, and may still be lifted. */
  findShuttingOut(lease: Lease): Promise<OtherMigration | null>
  /** Other migrations that read from the same source now, or are about to. */
  readOthers(lease: Lease): Promise<readonly OtherMigration[]>
  /** Replaces the rows of the named tables, keeps others. */
  saveTables(lease: Lease, tables: readonly TableProgress[]): Promise<void>
  /** Forgets all, before a full copy starts over. */
  clearTables(lease: Lease): Promise<void>
  addLagSample(lease: Lease, sample: NewLagSample): Promise<void>
  saveVerifyReport(lease: Lease, report: VerifyReport): Promise<void>
  /** Kept on the migration (`report`) before the point of no return, so that a crash afterwards does not lose it. */
  saveCompletionReport(lease: Lease, report: CompletionReport): Promise<void>
  /** Which checks of verify had warned when somebody started the migration all the same. */
  acceptedWarnings(lease: Lease): Promise<readonly string[]>
  /** For what people want to read in the history beside changes of status and steps. */
  appendEvent(lease: Lease, event: NewEvent): Promise<void>
}

export interface Retry {
  readonly error: Omit<Problem, 'at'>
  readonly delayMs: number
  /** For another migration, however long that takes: told of once, and not counted as failures in a row. */
  readonly waits?: boolean
}

export interface ReportDetails {
  readonly problem?: Omit<Problem, 'at'>
  /** A sentence for the history. */
  readonly note?: string
}

/** Spreads "look at migration M" over the workers. Losing one costs only time. */
export interface Dispatcher {
  /** Calls `handler` for nudges until disposed. */
  work(handler: (migrationId: string) => Promise<void>): Promise<AsyncDisposable>
}

/** Wakes whoever follows a migration. A doorbell, never the truth: it may ring for nothing, and may be lost. */
export interface Doorbell {
  /** Rings with the id of a migration that changed; with null when rings may have been lost. */
  subscribe(listener: (migrationId: string | null) => void): Disposable
}
