import { and, asc, desc, eq, isNull, sql, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { validate } from 'uuid'
import {
  GodwitError,
  steps as stepOrder,
  type LagSample,
  type Migration,
  type Problem,
  type SourceFence,
  type StandingFence,
  type StepState,
  type StreamState,
  type TableProgress,
} from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import { toCutoverWindow, toSchedule } from './schedule-rows.ts'
import { isShortId } from './short-id.ts'
import { fromStoredReport } from './stored-report.ts'
import { lagSamples, migrations, steps, streams, tableProgress, type StoredFence } from '../schema/index.ts'

export type MigrationRow = typeof migrations.$inferSelect

/** Compares a column of migration ids with an id or a short id. */
export function isMigration(column: PgColumn, id: string): SQL {
  if (validate(id)) return eq(column, id)
  if (!isShortId(id)) return sql`false`
  return eq(column, sql`(select id from ${migrations} where short_id = ${id})`)
}

/** That it was not deleted. */
export const isThere = isNull(migrations.deletedAt)

/**
 * Locks the row of a migration to the end of the transaction; has to come before anything else that the transaction
 * writes. Not the lock of FOR UPDATE, which would wait for those who insert rows that refer to it.
 * @throws GodwitError NOT_FOUND
 * @see https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-ROWS
 */
export async function lockMigration(transaction: Database, id: string): Promise<MigrationRow> {
  return await lockWhere(transaction, id, isThere)
}

/**
 * The same, of one that may have been deleted: for a worker, who finds nothing to do then, and for a repetition.
 * @throws GodwitError NOT_FOUND
 */
export async function lockEvenDeleted(transaction: Database, id: string): Promise<MigrationRow> {
  return await lockWhere(transaction, id, undefined)
}

async function lockWhere(
  transaction: Database,
  id: string,
  condition: SQL | undefined,
): Promise<MigrationRow> {
  const [row] = await transaction
    .select()
    .from(migrations)
    .where(and(isMigration(migrations.id, id), condition))
    .for('no key update')
  if (row === undefined) throw migrationNotFound(id)
  return row
}

export function migrationNotFound(id: string): GodwitError {
  return new GodwitError('NOT_FOUND', `There is no migration ${id}.`)
}

/** @throws GodwitError NOT_FOUND */
export async function requireMigrationId(session: Database, id: string): Promise<string> {
  const [found] = await session
    .select({ id: migrations.id })
    .from(migrations)
    .where(and(isMigration(migrations.id, id), isThere))
  if (found === undefined) throw migrationNotFound(id)
  return found.id
}

/** What every change of status leaves behind: no failure, and nothing to wait for. */
export const noProblem = {
  problemCode: null,
  problemMessage: null,
  problemRemedy: null,
  problemAt: null,
  attempt: 0,
  firstFailureAt: null,
  nextAttemptAt: null,
} as const satisfies Partial<MigrationRow>

/**
 * What every way into QUEUED sets: its time, to the precision that a Date has, and that no claim was its turn yet.
 */
export const queuedNow = {
  queuedAt: sql`date_trunc('milliseconds', clock_timestamp())`,
  admittedEpoch: null,
} as const

/** The columns of a problem that arises now. What it says of the target outlives it: see the schema. */
export function toProblemColumns(problem: Omit<Problem, 'at'>) {
  return {
    problemCode: problem.code,
    problemMessage: problem.message,
    problemRemedy: problem.remedy,
    problemAt: sql`clock_timestamp()`,
    ...(problem.code === 'TARGET_DIFFERS' && { differs: problem.message }),
    ...(problem.code === 'TARGET_DIVERGED' && { diverged: problem.message, divergedUpTo: null }),
    ...(problem.code === 'SLOT_LOST' && { slotLost: problem.message }),
  }
}

export function toMigration(row: MigrationRow): Migration {
  return {
    id: row.id,
    shortId: row.shortId,
    name: row.name,
    tags: row.tags,
    sourceId: row.sourceId,
    targetId: row.targetId,
    selection: row.selection,
    kind: { structure: row.structure, fullCopy: row.fullCopy, incremental: row.incremental },
    status: row.status,
    version: row.version,
    priority: row.priority,
    problem: toProblem(row),
    nextAttemptAt: row.nextAttemptAt,
    schedule: toSchedule(row),
    cutoverWindow: toCutoverWindow(row),
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
    report: row.report === null ? null : fromStoredReport(row.report),
  }
}

function toProblem(row: MigrationRow): Problem | null {
  const { problemCode: code, problemMessage: message, problemRemedy: remedy, problemAt: at } = row
  if (code === null || message === null || remedy === null || at === null) return null
  return { code, message, remedy, at }
}

/** The steps in their order. */
export async function readSteps(database: Database, migrationId: string): Promise<readonly StepState[]> {
  const { step, status, startedAt, finishedAt, detail } = steps
  const rows = await database
    .select({ step, status, startedAt, finishedAt, detail })
    .from(steps)
    .where(isMigration(steps.migrationId, migrationId))
  return rows.toSorted((a, b) => stepOrder.indexOf(a.step) - stepOrder.indexOf(b.step))
}

/** The tables, largest first. */
export async function readTables(
  database: Database,
  where: SQL | undefined,
): Promise<readonly TableProgress[]> {
  const { schema, table, status, estimatedRows, sizeBytes, copiedRows, copiedBytes } = tableProgress
  return await database
    .select({ schema, table, status, estimatedRows, sizeBytes, copiedRows, copiedBytes })
    .from(tableProgress)
    .where(where)
    .orderBy(desc(sizeBytes), asc(schema), asc(table))
}

/** The newest samples, newest last. */
export async function readLag(
  database: Database,
  migrationId: string,
  limit: number,
): Promise<readonly LagSample[]> {
  const { at, bytes, seconds, retainedBytes, sourceLsn, appliedLsn } = lagSamples
  const { appliedTransactions, appliedChanges } = lagSamples
  const { walStatus, safeWalBytes, oldestTransactionSeconds, stalledSeconds } = lagSamples
  const positions = { retainedBytes, sourceLsn, appliedLsn, appliedTransactions, appliedChanges }
  const risks = { walStatus, safeWalBytes, oldestTransactionSeconds, stalledSeconds }
  const rows = await database
    .select({ at, bytes, seconds, ...positions, ...risks })
    .from(lagSamples)
    .where(isMigration(lagSamples.migrationId, migrationId))
    .orderBy(desc(at), desc(lagSamples.id))
    .limit(limit)
  return rows.toReversed()
}

export async function readStream(database: Database, migrationId: string): Promise<StreamState> {
  const { name, publicationName, slotName, consistentPoint, systemIdentifier } = streams
  const { timeline, drainTo, heldBack, fence, givenUp } = streams
  const [stream] = await database
    .select({
      name,
      publicationName,
      slotName,
      consistentPoint,
      systemIdentifier,
      timeline,
      drainTo,
      heldBack,
      fence,
      givenUp,
    })
    .from(streams)
    .where(eq(streams.migrationId, migrationId))
  if (stream === undefined) throw new TypeError(`the migration ${migrationId} has no stream`)
  return { ...stream, fence: stream.fence === null ? null : fromStoredFence(stream.fence) }
}

/** What fences the source of a migration; not a place that was only taken. */
export async function readFence(database: Database, migrationId: string): Promise<StandingFence | null> {
  const [stream] = await database
    .select({ fence: streams.fence, givenUp: streams.givenUp })
    .from(streams)
    .where(isMigration(streams.migrationId, migrationId))
  if (stream?.fence == null || stream.fence.undo.length === 0) return null
  return { ...fromStoredFence(stream.fence), givenUp: stream.givenUp }
}

function fromStoredFence(stored: StoredFence): SourceFence {
  return { ...stored, since: new Date(stored.since) }
}
