import { eq } from 'drizzle-orm'
import { v7 } from 'uuid'
import {
  describeMissing,
  findApprovalObstacle,
  GodwitError,
  missingApprovals,
  personOf,
  type CommandContext,
  type CutoverDecision,
  type CutoverPlan,
  type DecideRequest,
  type RejectRequest,
} from '../../engine/index.ts'
import type { ControlDatabase, Database } from '../control-database.ts'
import { cutoverDecisions, cutoverPlans } from '../schema/index.ts'
import { toActorRow } from './actor.ts'
import { appendAudit } from './append-audit.ts'
import { appendEvent } from './append-event.ts'
import type { Recall } from './idempotency.ts'
import { lockMigration, type MigrationRow } from './migration-rows.ts'
import { planMissing, requireOpen } from './open-plan.ts'
import { isPlanOf, readPlan } from './plan-rows.ts'
import { requireText } from './validate.ts'

interface DecideNeeds {
  readonly database: ControlDatabase
  readonly recall: Recall
}

/** @throws GodwitError NOT_FOUND, PLAN_…, APPROVAL_REFUSED saying who can approve */
export async function approvePlan(
  needs: DecideNeeds,
  request: DecideRequest,
  context: CommandContext,
): Promise<CutoverPlan> {
  return await decide(needs, { operation: 'migration.approveCutover', request, context }, async (open) => {
    if (open.plan.status === 'APPROVED') throw approvedAlready(open.plan)
    const obstacle = findApprovalObstacle(open.plan, context.actor)
    if (obstacle !== null) throw refused(`The approval does not count: ${obstacle}.`, open.plan)
    return { decision: 'APPROVE', reason: null }
  })
}

/** @throws GodwitError NOT_FOUND, BAD_INPUT, PLAN_…, APPROVAL_REFUSED saying who can reject */
export async function rejectPlan(
  needs: DecideNeeds,
  { asAdmin, reason, ...request }: RejectRequest,
  context: CommandContext,
): Promise<CutoverPlan> {
  requireText('reason', reason, 1_000)
  const command = { operation: 'migration.rejectCutover', request: { ...request, reason }, context }
  return await decide(needs, command, async ({ plan }) => {
    const person = personOf(context.actor)
    const isNamed = plan.requirement.rules.some(({ approvers }) => approvers.includes(person))
    if (!isNamed && !asAdmin) throw refused(`No rule names ${person}, and the token is no admin's.`, plan)
    return { decision: 'REJECT', reason }
  })
}

function approvedAlready({ decisions, requirement }: CutoverPlan): GodwitError {
  const last = decisions.at(-1)
  const how =
    last === undefined || requirement.rules.length === 0
      ? 'it needs no approval'
      : `${last.person} was first, at ${last.at.toISOString()}`
  return new GodwitError('PLAN_DECIDED', `The plan is approved already: ${how}.`)
}

function refused(message: string, plan: CutoverPlan): GodwitError {
  const missing = describeMissing(plan)
  return new GodwitError('APPROVAL_REFUSED', message, {
    remedy: missing === '' ? 'Ask an admin.' : `Who can approve: ${missing}.`,
  })
}

interface Command {
  readonly operation: string
  readonly request: DecideRequest
  readonly context: CommandContext
}

interface OpenPlan {
  readonly transaction: Database
  readonly row: MigrationRow
  readonly plan: CutoverPlan
}

type Verdict = Pick<CutoverDecision, 'decision' | 'reason'>

/** Whoever decides at the same time waits for the lock of the migration, and then sees what was decided. */
async function decide(
  { database, recall }: DecideNeeds,
  { operation, request, context }: Command,
  judge: (open: OpenPlan) => Promise<Verdict>,
): Promise<CutoverPlan> {
  return await database.transaction(async (transaction) => {
    const row = await lockMigration(transaction, request.migrationId)
    const isPlan = isPlanOf(row.id, request.planDigest)
    const plan = (await readPlan(transaction, isPlan))?.plan
    if (plan === undefined) throw planMissing(row.shortId, request.planDigest)
    const command = { operation, input: { ...request, migrationId: row.id }, context }
    if ((await recall(transaction, command, plan.id)) !== null) return plan
    requireOpen(plan)
    const open = { transaction, row, plan }
    await saveVerdict(open, { operation, verdict: await judge(open), context })
    return (await readPlan(transaction, isPlan))?.plan ?? plan
  })
}

interface VerdictToSave {
  readonly operation: string
  readonly verdict: Verdict
  readonly context: CommandContext
}

async function saveVerdict(
  { transaction, row, plan }: OpenPlan,
  { operation, verdict, context: { actor } }: VerdictToSave,
): Promise<void> {
  const { decision, reason } = verdict
  const person = personOf(actor)
  await transaction
    .insert(cutoverDecisions)
    .values({ id: v7(), planId: plan.id, person, ...toActorRow(actor), decision, reason })
  const decided = { ...plan, decisions: [...plan.decisions, { person, actor, decision }] }
  const isApproved = missingApprovals(decided).length === 0
  const status = decision === 'REJECT' ? 'REJECTED' : isApproved ? 'APPROVED' : 'PENDING'
  await transaction.update(cutoverPlans).set({ status }).where(eq(cutoverPlans.id, plan.id))
  const details = { digest: plan.digest, person, reason, status }
  const missing = isApproved ? 'nothing is missing any more' : `still missing: ${describeMissing(decided)}`
  await appendEvent(transaction, row.id, {
    actor,
    event:
      decision === 'REJECT'
        ? {
            type: 'CUTOVER_REJECTED',
            message: `${person} has rejected the cutover: ${reason}`,
            payload: details,
          }
        : {
            type: 'CUTOVER_APPROVED',
            message: `${person} has approved the cutover; ${missing}.`,
            payload: details,
          },
  })
  await appendAudit(transaction, { actor, operation, subjectId: row.id, details })
}
