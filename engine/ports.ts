/**
 * What the engine needs from outside. `db` implements it on the control database; nothing here knows how.
 * Times that are stored, and leases, are by the control database's clock, never by this machine's.
 */
import type { ConnectionSettings, TlsMode } from './endpoint/types.ts'
import type { ErrorCode } from './errors.ts'
import type { Action, Kind, Report, Status, Step, StepStatus } from './lifecycle/index.ts'
import type { Lsn } from './replication/lsn.ts'
import type { Selection } from './selection/types.ts'
import type { VerifyReport } from './verify/types.ts'

// ---------------------------------------------------------------------------------------------- who

/** Who asks: stored with every audit entry and event. */
export interface Actor {
  readonly kind: 'token' | 'worker' | 'system'
  readonly id: string
  readonly name: string
  /** The person for whom a token acts, such as a Slack user. */
  readonly onBehalfOf?: string
}

/** Of one call that changes something. */
export interface CommandContext {
  readonly actor: Actor
  /** Same key and same input: the first result again. Same key, other input: IDEMPOTENCY_KEY_REUSED. */
  readonly idempotencyKey?: string
}

// ---------------------------------------------------------------------------------------------- pages

/** Keyset paging, newest first; at most one of first and last, each 1 to 100. */
export interface PageRequest {
  readonly first?: number
  readonly after?: string
  readonly last?: number
  readonly before?: string
}

export interface Page<T> {
  readonly items: readonly { readonly cursor: string; readonly item: T }[]
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
}

// ---------------------------------------------------------------------------------------------- endpoints

/** A database server as people name it. Its secrets stay behind `EndpointStore.connection`. */
export interface Endpoint {
  readonly id: string
  readonly name: string
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly tlsMode: TlsMode
  readonly hasPassword: boolean
  readonly hasCa: boolean
  readonly hasClientCertificate: boolean
  readonly createdAt: Date
}

export interface NewEndpoint {
  readonly name: string
  readonly connection: ConnectionSettings
}

export interface EndpointStore {
  /** @throws GodwitError NAME_TAKEN, BAD_INPUT */
  create(input: NewEndpoint, context: CommandContext): Promise<Endpoint>
  /** @throws GodwitError NOT_FOUND, IN_USE when a migration that has not ended names it */
  delete(id: string, context: CommandContext): Promise<void>
  find(id: string): Promise<Endpoint | null>
  findMany(ids: readonly string[]): Promise<readonly (Endpoint | null)[]>
  list(page: PageRequest): Promise<Page<Endpoint>>
  /** Decrypts. Only where a connection is about to be made. @throws GodwitError NOT_FOUND, SECRET_UNREADABLE */
  connection(id: string): Promise<ConnectionSettings>
}

// ---------------------------------------------------------------------------------------------- migrations

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
  readonly sourceId: string
  readonly targetId: string
  readonly selection: Selection
  readonly kind: Kind
  readonly status: Status
  /** Grows with every change of status or settings; optimistic concurrency. */
  readonly version: number
  /** The last failure, kept while it matters: cleared when the migration moves on. */
  readonly problem: Problem | null
  /** Set while an automatic repetition is waiting. */
  readonly nextAttemptAt: Date | null
  readonly createdAt: Date
  readonly startedAt: Date | null
  readonly finishedAt: Date | null
  /** Filled by completion. */
  readonly report: CompletionReport | null
}

export interface NewMigration {
  /** Absent: made of the names of the endpoints. Not unique. */
  readonly name?: string
  readonly sourceId: string
  readonly targetId: string
  readonly selection: Selection
  readonly kind: Kind
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

export interface LagSample {
  readonly at: Date
  /** Source's current WAL position minus the applied commit end; 0 when caught up. */
  readonly bytes: bigint
  /** Now minus the source commit time of the oldest unapplied transaction; 0 when caught up. */
  readonly seconds: number
  /** WAL that the slot holds back on the source. */
  readonly retainedBytes: bigint
  readonly sourceLsn: Lsn
  readonly appliedLsn: Lsn
  /** Source transactions and row changes applied since incremental began. */
  readonly appliedTransactions: bigint
  readonly appliedChanges: bigint
}

export interface TableComparison {
  readonly schema: string
  readonly table: string
  /** On the source when writes had stopped; without incremental, in the snapshot that was copied. */
  readonly sourceRows: bigint
  readonly targetRows: bigint
}

export interface CompletionReport {
  readonly rows: bigint
  readonly bytes: bigint
  readonly fullCopyMs: number
  readonly appliedTransactions: bigint
  readonly appliedChanges: bigint
  readonly drainedTo: Lsn | null
  /** From the beginning of DRAIN to the end of COMPARE: how long writers have to wait, if they stopped just then. */
  readonly pauseMs: number
  readonly comparison: readonly TableComparison[]
  readonly alignedSequences: number
}

export interface MigrationFilter {
  readonly statuses?: readonly Status[]
}

/** What the API asks of the control database about migrations. */
export interface MigrationStore {
  /** @throws GodwitError NOT_FOUND (endpoint), SAME_ENDPOINT, BAD_INPUT */
  create(input: NewMigration, context: CommandContext): Promise<Migration>
  /** By id or short id. */
  find(id: string): Promise<Migration | null>
  list(filter: MigrationFilter, page: PageRequest): Promise<Page<Migration>>
  /**
   * A person's action: one transaction with the change of status, event, audit entry and the nudge to a worker.
   * @throws GodwitError NOT_FOUND, ILLEGAL_ACTION, STALE_VERSION, WARNINGS_NOT_ACCEPTED, WRITES_NOT_STOPPED
   */
  act(request: ActionRequest, context: CommandContext): Promise<Migration>
  steps(migrationId: string): Promise<readonly StepState[]>
  tables(
    migrationId: string,
    filter?: { readonly status?: TableProgress['status'] },
  ): Promise<readonly TableProgress[]>
  /** Newest last; at most `limit`. */
  lagSamples(migrationId: string, limit: number): Promise<readonly LagSample[]>
  verifyReport(migrationId: string): Promise<VerifyReport | null>
}

export interface ActionRequest {
  readonly migrationId: string
  readonly action: Action
  readonly expectedVersion?: number
  /** Of START: go on although verify warned. Recorded with the actor. */
  readonly acceptWarnings?: boolean
  /** Of COMPLETE: the caller says that nothing writes to the source any more. */
  readonly writesStopped?: boolean
}

// ---------------------------------------------------------------------------------------------- worker

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
  /** Foreign keys and triggers were left out, because they would have acted on what incremental writes. */
  readonly heldBack: boolean
}

/** Everything that a worker needs to go on with a migration. */
export interface MigrationRun {
  readonly migration: Migration
  readonly stream: StreamState
  readonly steps: readonly StepState[]
  readonly tables: readonly TableProgress[]
  readonly lastLag: LagSample | null
  /** Failures in a row, for the backoff. */
  readonly attempt: number
  readonly firstFailureAt: Date | null
}

/** What the supervisor asks of the control database. */
export interface LeaseStore {
  /** Migrations in an active status whose lease is free or has run out and whose next attempt is due. */
  findClaimable(limit: number): Promise<readonly string[]>
  /** Null when another holds it, or there is nothing to do any more. Raises the epoch. */
  claim(migrationId: string, owner: string, ttlMs: number): Promise<Lease | null>
  /** False when the lease was lost. */
  renew(lease: Lease, ttlMs: number): Promise<boolean>
  release(lease: Lease): Promise<void>
}

/** What a worker writes. Every method throws GodwitError LEASE_LOST when the lease is not held any more. */
export interface RunStore {
  load(lease: Lease): Promise<MigrationRun>
  /**
   * Reports and changes the status by the transition table, with event and audit entry. `problem` is kept on the
   * migration; without it a former one is cleared, and so are the failures in a row.
   * @throws GodwitError ILLEGAL_ACTION when the status has changed meanwhile
   */
  report(lease: Lease, report: Report, details?: ReportDetails): Promise<Migration>
  /** A retryable failure: kept as problem; the migration stays as it is, and is claimable after the delay. */
  saveRetry(
    lease: Lease,
    retry: { readonly error: Omit<Problem, 'at'>; readonly delayMs: number },
  ): Promise<void>
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
  /** Replaces the rows of the named tables, keeps others. */
  saveTables(lease: Lease, tables: readonly TableProgress[]): Promise<void>
  /** Forgets all, before a full copy starts over. */
  clearTables(lease: Lease): Promise<void>
  addLagSample(lease: Lease, sample: Omit<LagSample, 'at'>): Promise<void>
  saveVerifyReport(lease: Lease, report: VerifyReport): Promise<void>
  /** Kept on the migration (`report`) before the point of no return, so that a crash afterwards does not lose it. */
  saveCompletionReport(lease: Lease, report: CompletionReport): Promise<void>
  /** For what people want to read in the history beside changes of status and steps. */
  appendEvent(lease: Lease, event: NewEvent): Promise<void>
}

export interface ReportDetails {
  readonly problem?: Omit<Problem, 'at'>
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

// ---------------------------------------------------------------------------------------------- events

export const eventTypes = [
  'MIGRATION_CREATED',
  'STATUS_CHANGED',
  'STEP_CHANGED',
  'VERIFY_FINISHED',
  'RETRY_SCHEDULED',
  'OWNER_CHANGED',
  'NOTE',
] as const

export type EventType = (typeof eventTypes)[number]

/** JSON that goes out as it is: no secrets, no row values. */
export type EventPayload = Readonly<Record<string, string | number | boolean | null | readonly string[]>>

export interface NewEvent {
  readonly type: EventType
  /** One sentence for people. */
  readonly message: string
  readonly payload?: EventPayload
}

export interface MigrationEvent {
  readonly id: string
  readonly migrationId: string
  /** 1, 2, 3 … within the migration, without holes. */
  readonly sequence: bigint
  readonly type: EventType
  readonly message: string
  readonly payload: EventPayload
  readonly actor: Actor
  readonly at: Date
  /** Place in the global feed. */
  readonly cursor: string
}

/** Reads what was appended in the transactions that changed something. */
export interface EventLog {
  /** Events of one migration with a sequence above `after`, in order. */
  readMigration(migrationId: string, after: bigint, limit: number): Promise<readonly MigrationEvent[]>
  /** Events of all migrations after the cursor (null: from the beginning), in an order that never skips one. */
  readAll(after: string | null, limit: number): Promise<readonly MigrationEvent[]>
  /** The cursor behind everything that is readable now. */
  latestCursor(): Promise<string>
}

// ---------------------------------------------------------------------------------------------- access

export const scopes = ['read', 'operate', 'approve', 'admin'] as const

export type Scope = (typeof scopes)[number]

export interface ApiToken {
  readonly id: string
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly lastUsedAt: Date | null
  readonly revokedAt: Date | null
}

export interface NewApiToken {
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly expiresAt?: Date
}

export interface TokenStore {
  /** The secret is in the answer and nowhere else. A repetition by idempotency key answers with a null secret. */
  create(
    input: NewApiToken,
    context: CommandContext,
  ): Promise<{ readonly token: ApiToken; readonly secret: string | null }>
  revoke(id: string, context: CommandContext): Promise<ApiToken>
  list(page: PageRequest): Promise<Page<ApiToken>>
  /** @throws GodwitError UNAUTHENTICATED, TOKEN_EXPIRED */
  authenticate(presented: string): Promise<ApiToken>
  /** On an empty control database: makes the first admin token, of the given secret or a new one; else null. */
  createFirstAdmin(chosen?: string): Promise<string | null>
}

export interface AuditEntry {
  readonly id: string
  readonly at: Date
  readonly actor: Actor
  readonly operation: string
  /** Id of what was changed; null when nothing was. */
  readonly subjectId: string | null
  readonly details: EventPayload
}

export interface AuditLog {
  list(page: PageRequest): Promise<Page<AuditEntry>>
}

// ---------------------------------------------------------------------------------------------- all of it

/** The control database as the API and the worker see it. */
export interface ControlStores {
  readonly endpoints: EndpointStore
  readonly migrations: MigrationStore
  readonly leases: LeaseStore
  readonly runs: RunStore
  readonly events: EventLog
  readonly tokens: TokenStore
  readonly audit: AuditLog
  readonly doorbell: Doorbell
  readonly dispatcher: Dispatcher
  /** Whether the control database answers and its schema is the one of this program. */
  isReady(): Promise<boolean>
}
