import { and, eq, inArray, sql } from 'drizzle-orm'
import {
  defaultQueueLimits,
  placeOf,
  planQueue,
  type Lease,
  type PlaceFacts,
  type QueueLimits,
  type QueueMember,
  type QueueTurn,
  type Status,
} from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import { endpoints, leases, migrations, queueLimits, steps } from '../schema/index.ts'
import { databaseAddress } from './database-address.ts'
import type { MigrationRow } from './migration-rows.ts'

const now = sql`clock_timestamp()`

/** In which a migration has a place, or wants one. */
const placedStatuses: readonly Status[] = ['QUEUED', 'RUNNING', 'COMPLETING']

/**
 * Lets one transaction at a time decide who begins: places are counted, and a count is not to be locked row by row. To
 * be asked for after the lock of the migration, as in every other place, and before that of its lease; whoever holds
 * it waits for no migration but its own.
 * @see https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
 */
export async function lockQueue(transaction: Database): Promise<void> {
  await transaction.execute(sql`select pg_advisory_xact_lock(hashtextextended('godwit queue', 0))`)
}

/**
 * Whether a migration may be claimed as far as the queue is concerned. Holds off all others who ask until the end of
 * the transaction, if it depends on the queue.
 */
export async function isItsTurn(transaction: Database, row: MigrationRow): Promise<boolean> {
  const wantsPlace = row.status === 'QUEUED' || row.nextAttemptAt !== null
  if (!wantsPlace || !placedStatuses.includes(row.status)) return true
  await lockQueue(transaction)
  const turn = (await readTurns(transaction)).find(({ member }) => member.id === row.id)
  // Who does not wait has a place, or needs none.
  return turn === undefined || turn.waitsFor === 'WORKER'
}

/** Keeps the place for the lease that was claimed as the turn of a queued migration. */
export async function takePlace(transaction: Database, { migrationId, epoch }: Lease): Promise<void> {
  await transaction
    .update(migrations)
    .set({ admittedEpoch: epoch })
    .where(and(eq(migrations.id, migrationId), eq(migrations.status, 'QUEUED')))
}

export async function readLimits(session: Database): Promise<QueueLimits> {
  const { perTarget, overall } = queueLimits
  const [limits] = await session.select({ perTarget, overall }).from(queueLimits)
  return limits ?? defaultQueueLimits
}

/** Everybody who waits, in order. */
export async function readTurns(session: Database): Promise<readonly QueueTurn[]> {
  return planQueue(await readMembers(session), await readLimits(session))
}

async function readMembers(session: Database): Promise<readonly QueueMember[]> {
  const owned = sql<boolean>`coalesce(${leases.leaseUntil} > ${now}, false)`
  const facts = {
    queued: sql<boolean>`${migrations.status} = 'QUEUED'`,
    owned,
    admitted: sql<boolean>`coalesce(${migrations.admittedEpoch} = ${leases.epoch}, false)`,
    nextAttempt: sql<PlaceFacts['nextAttempt']>`case
      when ${migrations.nextAttemptAt} is null then 'NONE'
      when ${migrations.nextAttemptAt} > ${now} then 'LATER' else 'DUE' end`,
    following: sql<boolean>`${steps.status} not in ('PENDING', 'SKIPPED')`,
  }
  const rows = await session
    .select({
      id: migrations.id,
      shortId: migrations.shortId,
      priority: migrations.priority,
      queuedAt: sql<Date>`coalesce(${migrations.queuedAt}, ${migrations.createdAt})`.mapWith(
        migrations.createdAt,
      ),
      target: databaseAddress,
      facts,
    })
    .from(migrations)
    .innerJoin(leases, eq(leases.migrationId, migrations.id))
    .innerJoin(endpoints, eq(endpoints.id, migrations.targetId))
    .innerJoin(steps, and(eq(steps.migrationId, migrations.id), eq(steps.step, 'INCREMENTAL')))
    .where(inArray(migrations.status, [...placedStatuses]))
  return rows.map(({ facts: known, ...member }) => ({ ...member, place: placeOf(known) }))
}
