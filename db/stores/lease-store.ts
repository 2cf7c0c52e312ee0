import { and, asc, desc, eq, exists, gt, inArray, isNull, lte, ne, or, sql } from 'drizzle-orm'
import { activeStatuses, isActive, urgentStatuses, type Lease, type LeaseStore } from '../../engine/index.ts'
import type { ControlDatabase, Database } from '../control-database.ts'
import { leases, migrations } from '../schema/index.ts'
import { workerActor } from './actor.ts'
import { appendEvent } from './append-event.ts'
import { isMigration, lockEvenDeleted } from './migration-rows.ts'
import { isItsTurn, readTurns, takePlace } from './queue-turns.ts'

const now = sql`clock_timestamp()`
const isFree = or(isNull(leases.leaseUntil), lte(leases.leaseUntil, now))
const isDue = and(
  or(isNull(migrations.nextAttemptAt), lte(migrations.nextAttemptAt, now)),
  or(ne(migrations.status, 'SCHEDULED'), lte(migrations.startAt, now)),
)

/** That the lease is held as it says, still. */
export function isHeld({ migrationId, owner, epoch }: Lease) {
  return and(
    eq(leases.migrationId, migrationId),
    eq(leases.owner, owner),
    eq(leases.epoch, epoch),
    gt(leases.leaseUntil, now),
  )
}

export function createLeaseStore(database: ControlDatabase): LeaseStore {
  return {
    findClaimable: (limit, { urgentOnly = false } = {}) =>
      database.run(async (session) => {
        const waiting = (await readTurns(session)).filter(({ waitsFor }) => waitsFor !== 'WORKER')
        const mustWait = waiting.map(({ member }) => member.id)
        const rows = await session
          .select({ id: migrations.id })
          .from(migrations)
          .innerJoin(leases, eq(leases.migrationId, migrations.id))
          .where(
            and(
              inArray(migrations.status, [...(urgentOnly ? urgentStatuses : activeStatuses)]),
              isFree,
              isDue,
              sql`${migrations.id} <> all(${sql.param(mustWait)}::uuid[])`,
            ),
          )
          // What somebody waits for first, then what is under way; then by the order of the queue.
          .orderBy(
            sql`${inArray(migrations.status, [...urgentStatuses])} desc`,
            sql`${migrations.status} = 'QUEUED'`,
            sql`${migrations.nextAttemptAt} nulls first`,
            desc(migrations.priority),
            asc(migrations.queuedAt),
            asc(migrations.id),
          )
          .limit(limit)
        return rows.map((row) => row.id)
      }),
    claim: (migrationId, owner, ttlMs) =>
      database.transaction((transaction) => claim(transaction, migrationId, { owner, ttlMs })),
    renew: (lease, ttlMs) =>
      database.run(async (session) => {
        const renewed = await session
          .update(leases)
          .set({ leaseUntil: after(ttlMs) })
          .where(isHeld(lease))
        return renewed.rowCount === 1
      }),
    release: (lease) =>
      database.run(async (session) => {
        // Owner and epoch stay: the next owner is compared with the one, and exceeds the other. So does the time since
        // when nobody has it.
        await session.update(leases).set({ leaseUntil: now }).where(isHeld(lease))
      }),
  }
}

/** The owner of a lease that has not run out. */
export async function readWorker(session: Database, migrationId: string): Promise<string | null> {
  const [row] = await session
    .select({ owner: leases.owner })
    .from(leases)
    .where(and(isMigration(leases.migrationId, migrationId), gt(leases.leaseUntil, now)))
  return row?.owner ?? null
}

async function claim(
  transaction: Database,
  migrationId: string,
  { owner, ttlMs }: { readonly owner: string; readonly ttlMs: number },
): Promise<Lease | null> {
  const migration = await lockEvenDeleted(transaction, migrationId)
  if (!isActive(migration.status)) return null
  if (!(await isItsTurn(transaction, migration))) return null
  const isOfMigration = eq(leases.migrationId, migration.id)
  const [former] = await transaction
    .select({ owner: leases.owner })
    .from(leases)
    .where(isOfMigration)
    .for('no key update')
  const due = transaction
    .select({ id: migrations.id })
    .from(migrations)
    .where(and(eq(migrations.id, migration.id), isDue))
  const [claimed] = await transaction
    .update(leases)
    .set({
      owner,
      epoch: sql`${leases.epoch} + 1`,
      leaseUntil: after(ttlMs),
      seenVersion: migration.version,
    })
    .where(and(isOfMigration, isFree, exists(due)))
    .returning({ epoch: leases.epoch })
  if (former === undefined || claimed === undefined) return null
  const lease: Lease = { migrationId: migration.id, owner, epoch: claimed.epoch }
  if (migration.status === 'QUEUED') await takePlace(transaction, lease)
  if (former.owner !== owner) await tellOfOwner(transaction, lease, former.owner)
  return lease
}

async function tellOfOwner(transaction: Database, lease: Lease, former: string | null): Promise<void> {
  const { owner, epoch, migrationId } = lease
  await appendEvent(transaction, migrationId, {
    actor: workerActor(lease),
    event: {
      type: 'OWNER_CHANGED',
      message:
        former === null ? `Worker ${owner} took the migration.` : `Worker ${owner} took over from ${former}.`,
      payload: { owner, former, epoch: String(epoch) },
    },
  })
}

/** A moment on the clock of the control database. */
export function after(delayMs: number) {
  return sql`clock_timestamp() + ${delayMs} * interval '1 millisecond'`
}
