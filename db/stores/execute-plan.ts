import { eq, sql } from 'drizzle-orm'
import {
  describeMissing,
  findClosedWindow,
  GodwitError,
  notApproved,
  personOf,
  type ActionRequest,
  type CommandContext,
  type CutoverPlan,
  type EventPayload,
} from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import { cutoverPlans } from '../schema/index.ts'
import { appendAudit } from './append-audit.ts'
import { appendEvent } from './append-event.ts'
import { toMigration, type MigrationRow } from './migration-rows.ts'
import { planMissing, requireOpen } from './open-plan.ts'
import { isPlanOf, readPlan } from './plan-rows.ts'
import { readClock } from './schedule-rows.ts'
import { badInput, requireStorable } from './validate.ts'

/**
 * Moves the plan that a completion names to EXECUTING; what needs a look at the servers is judged by the worker.
 * Returns what goes into event and audit entry of the completion.
 * @throws GodwitError PLAN_…, CUTOVER_WINDOW_CLOSED, WRITES_NOT_STOPPED, BAD_INPUT
 */
export async function executePlan(
  transaction: Database,
  row: MigrationRow,
  request: ActionRequest,
  context: CommandContext,
): Promise<EventPayload> {
  const person = personOf(context.actor)
  const plan = await requirePlan(transaction, row, request.planDigest)
  const closed = findClosedWindow(toMigration(row), await readClock(transaction))?.error ?? null
  const broken = requireLeave(plan, request, closed)
  requireWord(plan, request)
  await transaction
    .update(cutoverPlans)
    .set({
      status: 'EXECUTING',
      executedBy: person,
      executedAt: sql`clock_timestamp()`,
      ...(broken !== null && {
        breakGlassPerson: person,
        breakGlassReason: broken.reason,
        breakGlassAt: sql`clock_timestamp()`,
      }),
    })
    .where(eq(cutoverPlans.id, plan.id))
  if (broken !== null) {
    const lacking = describeLacking(plan, closed)
    await tellOfBreakGlass(transaction, { plan, lacking, reason: broken.reason, context })
  }
  const { digest, options } = plan
  return {
    digest,
    fencing: options.fencing,
    ...(options.fencing === 'NONE' && { writesStopped: true }),
    ...(broken !== null && { breakGlass: broken.reason }),
  }
}

async function requirePlan(
  transaction: Database,
  row: MigrationRow,
  digest: string | undefined,
): Promise<CutoverPlan> {
  const state = digest === undefined ? null : await readPlan(transaction, isPlanOf(row.id, digest))
  if (state === null) throw planMissing(row.shortId, digest)
  requireOpen(state.plan)
  return state.plan
}

const minReasonLength = 10
const maxReasonLength = 1_000

/** Null when the plan is approved and its time has come: then no glass is broken, whatever the request says. */
function requireLeave(
  plan: CutoverPlan,
  { breakGlass }: ActionRequest,
  closed: GodwitError | null,
): { readonly reason: string } | null {
  if (breakGlass !== undefined) {
    requireStorable('breakGlass.reason', breakGlass.reason, maxReasonLength)
    if (breakGlass.reason.trim().length < minReasonLength) {
      throw badInput('breakGlass.reason', `must have at least ${minReasonLength} characters`)
    }
  }
  const isApproved = plan.status === 'APPROVED'
  if (isApproved && closed === null) return null
  if (breakGlass !== undefined) return breakGlass
  if (isApproved && closed !== null) throw closed
  throw notApproved(plan)
}

/** Without a fence, somebody has to answer for it that nothing writes to the source any more. */
function requireWord({ options }: CutoverPlan, { writesStopped }: ActionRequest): void {
  if (options.fencing !== 'NONE' || writesStopped === true) return
  throw new GodwitError(
    'WRITES_NOT_STOPPED',
    'Completing without a fence needs the word that nothing writes to the source any more: writesStopped must be true.',
  )
}

/** What the glass was broken for. */
function describeLacking(plan: CutoverPlan, closed: GodwitError | null): string {
  const window = closed === null ? '' : 'an open cutover window'
  return [describeMissing(plan), window].filter((part) => part !== '').join(', ')
}

interface BrokenGlass {
  readonly plan: CutoverPlan
  readonly lacking: string
  readonly reason: string
  readonly context: CommandContext
}

async function tellOfBreakGlass(
  transaction: Database,
  { plan, lacking, reason, context: { actor } }: BrokenGlass,
): Promise<void> {
  const person = personOf(actor)
  const details = { digest: plan.digest, person, reason, lacking }
  await appendEvent(transaction, plan.migrationId, {
    actor,
    event: {
      type: 'BREAK_GLASS',
      message: `BREAK-GLASS: ${person} completes without what is lacking (${lacking}): ${reason}`,
      payload: details,
    },
  })
  await appendAudit(transaction, {
    actor,
    operation: 'migration.breakGlass',
    subjectId: plan.migrationId,
    details,
  })
}
