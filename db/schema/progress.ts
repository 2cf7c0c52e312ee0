import { sql } from 'drizzle-orm'
import { bigint, doublePrecision, index, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { Step, StepStatus, TableProgress, WalStatus } from '../../engine/index.ts'
import { controlSchema, moment, pgLsn } from './columns.ts'
import { migrations } from './migrations.ts'

const migrationId = () =>
  uuid('migration_id')
    .notNull()
    .references(() => migrations.id, { onDelete: 'cascade' })

export const steps = controlSchema.table(
  'steps',
  {
    migrationId: migrationId(),
    step: text('step').$type<Step>().notNull(),
    status: text('status').$type<StepStatus>().notNull(),
    startedAt: moment('started_at'),
    finishedAt: moment('finished_at'),
    detail: text('detail'),
  },
  (table) => [primaryKey({ name: 'steps_pkey', columns: [table.migrationId, table.step] })],
)

export const tableProgress = controlSchema.table(
  'table_progress',
  {
    migrationId: migrationId(),
    schema: text('schema_name').notNull(),
    table: text('table_name').notNull(),
    status: text('status').$type<TableProgress['status']>().notNull(),
    estimatedRows: doublePrecision('estimated_rows'),
    sizeBytes: bigint('size_bytes', { mode: 'bigint' }).notNull(),
    copiedRows: bigint('copied_rows', { mode: 'bigint' }).notNull(),
    copiedBytes: bigint('copied_bytes', { mode: 'bigint' }).notNull(),
  },
  (table) => [
    primaryKey({ name: 'table_progress_pkey', columns: [table.migrationId, table.schema, table.table] }),
  ],
)

export const lagSamples = controlSchema.table(
  'lag_samples',
  {
    id: bigint('id', { mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
    migrationId: migrationId(),
    at: moment('at')
      .notNull()
      .default(sql`clock_timestamp()`),
    bytes: bigint('bytes', { mode: 'bigint' }).notNull(),
    seconds: doublePrecision('seconds').notNull(),
    retainedBytes: bigint('retained_bytes', { mode: 'bigint' }).notNull(),
    walStatus: text('wal_status').$type<WalStatus>(),
    safeWalBytes: bigint('safe_wal_bytes', { mode: 'bigint' }),
    oldestTransactionSeconds: doublePrecision('oldest_transaction_seconds').notNull().default(0),
    stalledSeconds: doublePrecision('stalled_seconds').notNull().default(0),
    sourceLsn: pgLsn('source_lsn').notNull(),
    appliedLsn: pgLsn('applied_lsn').notNull(),
    appliedTransactions: bigint('applied_transactions', { mode: 'bigint' }).notNull(),
    appliedChanges: bigint('applied_changes', { mode: 'bigint' }).notNull(),
  },
  (table) => [index('lag_samples_migration_id_at_idx').on(table.migrationId, table.at)],
)
