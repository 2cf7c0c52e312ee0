import { sql } from 'drizzle-orm'
import { bigint, boolean, index, integer, jsonb, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type {
  CompletionReport,
  ErrorCode,
  GivenUp,
  OnceWindow,
  Schedule,
  Selection,
  SourceFence,
  Status,
  WalStatus,
  WeeklyWindow,
} from '../../engine/index.ts'
import { controlSchema, moment, pgLsn } from './columns.ts'
import { endpoints } from './endpoints.ts'

/**
 * A completion report as JSON has it: 64-bit numbers and log positions as text. Reports of older versions have only
 * the first of it.
 */
export interface StoredReport extends OldReport, Partial<Omit<CompletionReport, keyof OldReport>> {}

interface OldReport {
  readonly rows: string
  readonly bytes: string
  readonly fullCopyMs: number
  readonly appliedTransactions: string
  readonly appliedChanges: string
  readonly drainedTo: string | null
  readonly pauseMs: number
  readonly comparison: readonly {
    readonly schema: string
    readonly table: string
    readonly sourceRows: string
    readonly targetRows: string
  }[]
  readonly alignedSequences: number
}

/** A setting of a cutover window as JSON has it: moments as text. */
export interface StoredCutoverWindow {
  readonly automatic: boolean
  readonly window:
    { readonly once: { readonly [K in keyof OnceWindow]: string } } | { readonly weekly: WeeklyWindow }
}

/** A fence as JSON has it. */
export type StoredFence = Omit<SourceFence, 'since'> & { readonly since: string }

export const migrations = controlSchema.table(
  'migrations',
  {
    id: uuid('id').primaryKey(),
    shortId: text('short_id').notNull().unique('migrations_short_id_key'),
    name: text('name').notNull(),
    tags: text('tags')
      .array()
      .$type<readonly string[]>()
      .notNull()
      .default(sql`'{}'`),
    sourceId: uuid('source_id')
      .notNull()
      .references(() => endpoints.id),
    targetId: uuid('target_id')
      .notNull()
      .references(() => endpoints.id),
    selection: jsonb('selection').$type<Selection>().notNull(),
    structure: boolean('structure').notNull(),
    fullCopy: boolean('full_copy').notNull(),
    incremental: boolean('incremental').notNull(),
    status: text('status').$type<Status>().notNull(),
    version: integer('version').notNull(),
    problemCode: text('problem_code').$type<ErrorCode>(),
    problemMessage: text('problem_message'),
    problemRemedy: text('problem_remedy'),
    problemAt: moment('problem_at'),
    /**
     * What was found to be missing or wrong on the target, kept whatever becomes of the problem, each until what
     * disproves it: a comparison without differences, all applied that was there to apply, a slot that streams again.
     */
    differs: text('differs'),
    diverged: text('diverged'),
    /** How far has to be applied until that is over; null until it is tried again. */
    divergedUpTo: pgLsn('diverged_up_to'),
    slotLost: text('slot_lost'),
    /** Failures in a row. */
    attempt: integer('attempt').notNull().default(0),
    firstFailureAt: moment('first_failure_at'),
    nextAttemptAt: moment('next_attempt_at'),
    /** The number of the last event; taken under the lock of this row, so the events have no holes. */
    eventSequence: bigint('event_sequence', { mode: 'bigint' })
      .notNull()
      .default(sql`0`),
    /** Of a scheduled migration: when it starts. */
    startAt: moment('start_at'),
    /** Of its turn in the queue, higher first. */
    priority: integer('priority').notNull().default(0),
    /** When it last became QUEUED. */
    queuedAt: moment('queued_at'),
    /** Epoch of the lease that was claimed because it was its turn; null when it has been queued anew since. */
    admittedEpoch: bigint('admitted_epoch', { mode: 'bigint' }),
    /** The rest of it. */
    schedule: jsonb('schedule').$type<Omit<Schedule, 'startAt'>>(),
    cutoverWindow: jsonb('cutover_window').$type<StoredCutoverWindow>(),
    /** Of a window in which it completes by itself: the opening that is to be attended to, and when it was told of. */
    cutoverOpensAt: moment('cutover_opens_at'),
    cutoverClosesAt: moment('cutover_closes_at'),
    cutoverToldAt: moment('cutover_told_at'),
    createdAt: moment('created_at')
      .notNull()
      .default(sql`clock_timestamp()`),
    startedAt: moment('started_at'),
    finishedAt: moment('finished_at'),
    report: jsonb('report').$type<StoredReport>(),
    /** A deleted migration keeps its row, for its events and for the audit log. */
    deletedAt: moment('deleted_at'),
  },
  (table) => [
    index('migrations_status_idx').on(table.status),
    index('migrations_source_id_idx').on(table.sourceId),
    index('migrations_target_id_idx').on(table.targetId),
    index('migrations_tags_idx').using('gin', table.tags),
  ],
)

export const streams = controlSchema.table(
  'streams',
  {
    migrationId: uuid('migration_id')
      .notNull()
      .references(() => migrations.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    publicationName: text('publication_name').notNull(),
    slotName: text('slot_name').notNull(),
    consistentPoint: pgLsn('consistent_point'),
    systemIdentifier: text('system_identifier'),
    timeline: integer('timeline'),
    drainTo: pgLsn('drain_to'),
    heldBack: boolean('held_back').notNull().default(false),
    fence: jsonb('fence').$type<StoredFence>(),
    givenUp: jsonb('given_up').$type<GivenUp>(),
    /** When the lag samples were last thinned out. */
    lagThinnedAt: moment('lag_thinned_at'),
    /** When somebody last set out to measure the slot while nobody took changes from it. */
    slotClaimedAt: moment('slot_claimed_at'),
    /** What was found then: of the claim that succeeded last. */
    slotMeasuredAt: moment('slot_measured_at'),
    slotRetainedBytes: bigint('slot_retained_bytes', { mode: 'bigint' }),
    slotWalStatus: text('slot_wal_status').$type<WalStatus>(),
    slotSafeWalBytes: bigint('slot_safe_wal_bytes', { mode: 'bigint' }),
  },
  (table) => [primaryKey({ name: 'streams_pkey', columns: [table.migrationId, table.name] })],
)
