import { and, eq, inArray, lte, ne, or, sql } from 'drizzle-orm'
import type { Actor, CutoverPlan, CutoverPlanStatus, EventType } from '../../engine/index.ts'
import type { ControlDatabase, Database } from '../control-database.ts'
import { cutoverPlans, migrations } from '../schema/index.ts'
import { systemActor } from './actor.ts'
import { appendEvent } from './append-event.ts'
import { lockEvenDeleted } from './migration-rows.ts'
import { isOpenPlan, readPlan } from './plan-rows.ts'

/** The open plan of a migration that the transaction has locked, after what became of it is written down. */
async function settlePlan(transaction: Database, migrationId: string): Promise<CutoverPlan | null> {
  const state = await readPlan(transaction, and(eq(cutoverPlans.migrationId, migrationId), isOpenPlan))
  if (state === null) return null
  const { plan, written } = state
  if (plan.status === written) return plan
  await endPlan(transaction, plan, {
    status: plan.status === 'EXPIRED' ? 'EXPIRED' : 'VOID',
    reason: plan.voidReason,
    actor: systemActor,
  })
  return null
}

interface End {
  readonly status: Extract<CutoverPlanStatus, 'EXPIRED' | 'VOID' | 'EXECUTED'>
  readonly reason: string | null
  readonly actor: Actor
}

/** Ends the open plan, if there is one, because of what happens to its migration in this transaction. */
export async function endOpenPlan(transaction: Database, migrationId: string, end: End): Promise<void> {
  const open = await settlePlan(transaction, migrationId)
  if (open !== null) await endPlan(transaction, open, end)
}

const eventOf: Record<Exclude<End['status'], 'EXECUTED'>, EventType> = {
  EXPIRED: 'CUTOVER_EXPIRED',
  VOID: 'CUTOVER_VOID',
}

async function endPlan(
  transaction: Database,
  { id, migrationId, digest, expiresAt }: CutoverPlan,
  { status, reason, actor }: End,
): Promise<void> {
  await transaction
    .update(cutoverPlans)
    .set({ status, ...(status === 'VOID' && { voidReason: reason }) })
    .where(eq(cutoverPlans.id, id))
  if (status === 'EXECUTED') return
  const message =
    status === 'EXPIRED'
      ? `The plan of the cutover has expired, at ${expiresAt.toISOString()}.`
      : `The plan of the cutover is void. ${reason ?? ''}`
  await appendEvent(transaction, migrationId, {
    actor,
    event: { type: eventOf[status], message: message.trim(), payload: { digest, reason } },
  })
}

const settledAtOnce = 100

/** Those that ended without anybody doing something, each in a transaction of its own. */
export async function settlePlans(database: ControlDatabase): Promise<number> {
  const due = await database.run((session) =>
    session
      .select({ migrationId: cutoverPlans.migrationId })
      .from(cutoverPlans)
      .innerJoin(migrations, eq(migrations.id, cutoverPlans.migrationId))
      .where(
        and(
          inArray(cutoverPlans.status, ['PENDING', 'APPROVED']),
          or(
            lte(cutoverPlans.expiresAt, sql`clock_timestamp()`),
            ne(cutoverPlans.migrationVersion, migrations.version),
          ),
        ),
      )
      .limit(settledAtOnce),
  )
  for (const { migrationId } of due) {
    await database.transaction(async (transaction) => {
      await lockEvenDeleted(transaction, migrationId)
      await settlePlan(transaction, migrationId)
    })
  }
  return due.length
}
