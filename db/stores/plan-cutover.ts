import { createHash } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { v7 } from 'uuid'
import {
  GodwitError,
  missingApprovals,
  personOf,
  predictPause,
  requirePlanLife,
  resolveCutoverOptions,
  situationOf,
  statusAfterAction,
  sumParts,
  type CommandContext,
  type CutoverPlan,
  type PlanRequest,
} from '../../engine/index.ts'
import type { ControlDatabase, Database } from '../control-database.ts'
import { cutoverPlans } from '../schema/index.ts'
import { toActorRow } from './actor.ts'
import { appendAudit } from './append-audit.ts'
import { appendEvent } from './append-event.ts'
import { canonicalJson } from './canonical-json.ts'
import type { Recall } from './idempotency.ts'
import { lockMigration, readSteps, toMigration, type MigrationRow } from './migration-rows.ts'
import { readPlan, toPlan, toStoredMeasurement } from './plan-rows.ts'
import { readRequirement } from './requirement.ts'
import { endOpenPlan } from './settle-plans.ts'

interface PlanNeeds {
  readonly database: ControlDatabase
  readonly recall: Recall
}

const operation = 'migration.planCutover'

/** @throws GodwitError NOT_FOUND, ILLEGAL_ACTION, STALE_VERSION, BAD_INPUT, IDEMPOTENCY_KEY_REUSED */
export async function planCutover(
  { database, recall }: PlanNeeds,
  request: PlanRequest,
  context: CommandContext,
): Promise<CutoverPlan> {
  requirePlanLife(request.expiresInMs)
  return await database.transaction(async (transaction) => {
    const row = await lockMigration(transaction, request.migrationId)
    const id = v7()
    const { options, expiresInMs } = request
    const command = { operation, input: { migrationId: row.id, options, expiresInMs }, context }
    const earlier = await recall(transaction, command, id)
    if (earlier !== null) return await replay(transaction, earlier)
    await requirePlannable(transaction, row, request)
    const superseded = {
      status: 'VOID',
      reason: `It is superseded by a newer plan, which ${personOf(context.actor)} asked for.`,
      actor: context.actor,
    } as const
    await endOpenPlan(transaction, row.id, superseded)
    const plan = await insertPlan(transaction, { id, row, request, context })
    await tell(transaction, plan, context)
    return plan
  })
}

async function replay(transaction: Database, id: string): Promise<CutoverPlan> {
  const state = await readPlan(transaction, eq(cutoverPlans.id, id))
  if (state === null) throw new TypeError(`the plan ${id} is gone`)
  return state.plan
}

/** A plan is made only where it could be executed at once; and what was measured must be what is planned. */
async function requirePlannable(
  transaction: Database,
  row: MigrationRow,
  { options, measuredVersion }: PlanRequest,
): Promise<void> {
  statusAfterAction(situationOf(row.status, await readSteps(transaction, row.id)), 'COMPLETE')
  resolveCutoverOptions(options, toMigration(row).kind)
  if (row.version === measuredVersion) return
  throw new GodwitError(
    'STALE_VERSION',
    `The migration ${row.shortId} has changed from version ${measuredVersion} to ${row.version} while it was measured.`,
    { remedy: 'Plan again.' },
  )
}

interface PlanToInsert {
  readonly id: string
  readonly row: MigrationRow
  readonly request: PlanRequest
  readonly context: CommandContext
}

async function insertPlan(
  transaction: Database,
  { id, row, request, context }: PlanToInsert,
): Promise<CutoverPlan> {
  const { options, measured, expiresInMs } = request
  const createdAt = await readClock(transaction)
  const requirement = await readRequirement(transaction, row)
  const shown = {
    id,
    migrationId: row.id,
    options,
    measured: toStoredMeasurement(measured),
    predictedParts: predictPause(options, measured),
    migrationVersion: row.version,
    requirement,
    ...toActorRow(context.actor),
    createdAt,
    expiresAt: new Date(createdAt.getTime() + expiresInMs),
  }
  const isApproved = missingApprovals({ requirement, decisions: [], requestedBy: context.actor }).length === 0
  const [inserted] = await transaction
    .insert(cutoverPlans)
    .values({ ...shown, digest: digestOf(shown), status: isApproved ? 'APPROVED' : 'PENDING' })
    .returning()
  if (inserted === undefined) throw new TypeError('the new plan is gone')
  return toPlan(inserted, inserted, [])
}

/** What was shown is what is decided on: whatever differs has another digest. */
function digestOf(shown: object): string {
  return createHash('sha256').update(canonicalJson(shown)).digest('hex')
}

async function readClock(transaction: Database): Promise<Date> {
  const found = await transaction.execute<{ now: string }>(
    sql`select (extract(epoch from clock_timestamp()) * 1000)::bigint::text as now`,
  )
  return new Date(Number(found.rows[0]?.now))
}

async function tell(transaction: Database, plan: CutoverPlan, { actor }: CommandContext): Promise<void> {
  const { digest, options, predictedParts, requirement, measured, expiresAt, status } = plan
  const rules = requirement.rules.map(({ rule }) => rule)
  const details = {
    digest,
    status,
    fencing: options.fencing,
    predictedPauseMs: sumParts(predictedParts),
    expiresAt: expiresAt.toISOString(),
    rules,
    warnings: measured.warnings.map(({ code }) => code),
  }
  const needs = status === 'APPROVED' ? 'needs no approval' : `needs approval by ${rules.join(', ')}`
  await appendEvent(transaction, plan.migrationId, {
    actor,
    event: {
      type: 'CUTOVER_PLANNED',
      message: `The cutover is planned with fencing ${options.fencing}; it ${needs}.`,
      payload: details,
    },
  })
  await appendAudit(transaction, { actor, operation, subjectId: plan.migrationId, details })
}
