import { and, asc, eq, inArray, isNull, lte, notInArray, or, sql } from 'drizzle-orm'
import { isGodwitError, type EventPayload, type Status } from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import { migrations } from '../schema/index.ts'
import { actOnLocked, type ActNeeds } from './act-on-migration.ts'
import { systemActor } from './actor.ts'
import { appendEvent } from './append-event.ts'
import { findReadiness } from './automatic-cutover.ts'
import { isThere, lockMigration, type MigrationRow } from './migration-rows.ts'
import { readClock, toCutoverWindow } from './schedule-rows.ts'
import { toAttentionColumns } from './window-attention.ts'

const now = sql`clock_timestamp()`

/** Started, with the cutover still to come. */
const beforeCutover = ['QUEUED', 'RUNNING', 'PAUSED', 'FAILED'] as const satisfies Status[]
const ended = ['COMPLETED', 'CANCELLED'] as const satisfies Status[]

const hasClosed = and(lte(migrations.cutoverClosesAt, now), notInArray(migrations.status, [...ended]))
const isOpen = and(
  lte(migrations.cutoverOpensAt, now),
  or(
    eq(migrations.status, 'RUNNING'),
    and(inArray(migrations.status, [...beforeCutover]), isNull(migrations.cutoverToldAt)),
  ),
)

/**
 * In windows that are open, completes what may complete by itself; tells of those in which that is not possible, and of
 * those that have closed without. Each migration has a transaction of its own, so that any number of workers may do so
 * at once, and what fails with one does not hold up the others.
 */
export async function attendWindows(needs: ActNeeds): Promise<void> {
  const due = await needs.database.run((session) =>
    session
      .select({ id: migrations.id })
      .from(migrations)
      .where(and(isThere, or(hasClosed, isOpen)))
      .orderBy(asc(migrations.cutoverOpensAt), asc(migrations.id)),
  )
  const failures: unknown[] = []
  for (const { id } of due) {
    await needs.database
      .transaction((transaction) => attendWindow(needs, transaction, id))
      .catch((error: unknown) => {
        if (!isGodwitError(error, 'NOT_FOUND')) failures.push(error)
      })
  }
  if (failures.length > 0) throw new AggregateError(failures, 'some cutover windows could not be attended to')
}

async function attendWindow(needs: ActNeeds, transaction: Database, id: string): Promise<void> {
  const row = await lockMigration(transaction, id)
  const now = await readClock(transaction)
  const { cutoverOpensAt: opensAt, cutoverClosesAt: closesAt } = row
  if (opensAt === null || closesAt === null || now < opensAt) return
  if (now >= closesAt) return await closeWindow(transaction, row, now)
  if (!isBeforeCutover(row)) return
  const readiness = await findReadiness(transaction, row)
  if ('digest' in readiness) {
    const request = { migrationId: row.id, action: 'COMPLETE', planDigest: readiness.digest } as const
    await actOnLocked(needs, transaction, { row, request, context: { actor: systemActor } })
  } else if (row.cutoverToldAt === null) {
    await tellOfMiss(transaction, row, readiness)
    await transaction.update(migrations).set({ cutoverToldAt: now }).where(eq(migrations.id, row.id))
  }
}

function isBeforeCutover({ status }: MigrationRow): boolean {
  return beforeCutover.some((each) => each === status)
}

/** On to the next opening, however many have passed while no worker was there. */
async function closeWindow(transaction: Database, row: MigrationRow, now: Date): Promise<void> {
  if (isBeforeCutover(row)) {
    const message = 'It has closed without a completion.'
    await tellOfMiss(transaction, row, { reason: 'CLOSED', message })
  }
  await transaction
    .update(migrations)
    .set(toAttentionColumns(toCutoverWindow(row), now))
    .where(eq(migrations.id, row.id))
}

async function tellOfMiss(
  transaction: Database,
  { id, cutoverOpensAt, cutoverClosesAt }: MigrationRow,
  { reason, message }: { readonly reason: string; readonly message: string },
): Promise<void> {
  const opensAt = cutoverOpensAt?.toISOString() ?? null
  const closesAt = cutoverClosesAt?.toISOString() ?? null
  const payload: EventPayload = { reason, opensAt, closesAt }
  await appendEvent(transaction, id, {
    actor: systemActor,
    event: {
      type: 'CUTOVER_WINDOW_MISSED',
      message: `Godwit does not complete by itself in the cutover window from ${opensAt} to ${closesAt}. ${message}`,
      payload,
    },
  })
}
