import { eq, sql } from 'drizzle-orm'
import {
  describeStart,
  GodwitError,
  isActive,
  situationOf,
  statusAfterAction,
  type ActionRequest,
  type CheckResult,
  type CommandContext,
  type EventPayload,
  type Migration,
  type Schedule,
  type Status,
} from '../../engine/index.ts'
import type { ControlDatabase, Database } from '../control-database.ts'
import type { SendNudge } from '../dispatcher.ts'
import { migrations, steps, verifyReports } from '../schema/index.ts'
import { appendAudit } from './append-audit.ts'
import { appendEvent } from './append-event.ts'
import { executePlan } from './execute-plan.ts'
import type { Recall } from './idempotency.ts'
import { lockMigration, noProblem, queuedNow, toMigration, type MigrationRow } from './migration-rows.ts'
import { forgetGivenUp } from './run-progress.ts'
import { noSchedule, toScheduleColumns } from './schedule-rows.ts'
import { planStart, toSchedulePayload } from './scheduled-start.ts'
import { endOpenPlan } from './settle-plans.ts'

export interface ActNeeds {
  readonly database: ControlDatabase
  readonly recall: Recall
  readonly nudge: SendNudge
}

/** @throws GodwitError NOT_FOUND, ILLEGAL_ACTION, STALE_VERSION, WARNINGS_NOT_ACCEPTED, WRITES_NOT_STOPPED, PLAN_…, BAD_INPUT */
export async function actOnMigration(
  needs: ActNeeds,
  request: ActionRequest,
  context: CommandContext,
): Promise<Migration> {
  return await needs.database.transaction(async (transaction) => {
    // Before the idempotency key is written: see lockMigration.
    const row = await lockMigration(transaction, request.migrationId)
    const input = { ...request, migrationId: row.id }
    const command = { operation: operationOf(request), input, context }
    if ((await needs.recall(transaction, command, row.id)) !== null) return toMigration(row)
    return await actOnLocked(needs, transaction, { row, request, context })
  })
}

function operationOf({ action }: ActionRequest): string {
  return `migration.${action.toLowerCase()}`
}

interface LockedAction {
  readonly row: MigrationRow
  readonly request: ActionRequest
  readonly context: CommandContext
}

/** The same within a transaction that has locked the migration. */
export async function actOnLocked(
  { nudge }: Pick<ActNeeds, 'nudge'>,
  transaction: Database,
  { row, request, context }: LockedAction,
): Promise<Migration> {
  const { action } = request
  assertVersion(row, request.expectedVersion)
  const situation = situationOf(row.status, await readSteps(transaction, row.id))
  const status = statusAfterAction(situation, action)
  const given = await checkConditions(transaction, row, request, context)
  const schedule = await planStart(transaction, request, given)
  await forgetGivenUp(transaction, row.id)
  const moved = await move(transaction, row, { status, started: action === 'START', schedule })
  const details: EventPayload = {
    action,
    from: row.status,
    to: status,
    version: moved.version,
    ...given,
    ...(schedule && toSchedulePayload(schedule)),
  }
  await appendEvent(transaction, row.id, {
    actor: context.actor,
    event: {
      type: 'STATUS_CHANGED',
      message: `${action}: ${row.status} to ${status}${describeTime(schedule)}${describeAcceptance(given)}.`,
      payload: details,
    },
  })
  const operation = operationOf(request)
  await appendAudit(transaction, { actor: context.actor, operation, subjectId: row.id, details })
  if (isActive(status)) await nudge(transaction, row.id)
  return toMigration(moved)
}

/** @throws GodwitError STALE_VERSION */
export function assertVersion(row: MigrationRow, expected: number | undefined): void {
  if (expected === undefined || expected === row.version) return
  throw new GodwitError(
    'STALE_VERSION',
    `The migration ${row.shortId} is at version ${row.version}, not at the expected ${expected}.`,
  )
}

async function readSteps(transaction: Database, migrationId: string) {
  return await transaction
    .select({ step: steps.step, status: steps.status })
    .from(steps)
    .where(eq(steps.migrationId, migrationId))
}

/** What a person has to say for some actions; returns it for the record. */
async function checkConditions(
  transaction: Database,
  row: MigrationRow,
  request: ActionRequest,
  context: CommandContext,
): Promise<EventPayload> {
  if (request.action === 'START' || request.action === 'SCHEDULE') {
    return await checkVerifyReport(transaction, row, request)
  }
  if (request.action === 'COMPLETE') return await executePlan(transaction, row, request, context)
  const reason = `${request.action} has changed the migration.`
  await endOpenPlan(transaction, row.id, { status: 'VOID', reason, actor: context.actor })
  return {}
}

async function checkVerifyReport(
  transaction: Database,
  { id, shortId }: MigrationRow,
  { action, acceptWarnings }: ActionRequest,
): Promise<EventPayload> {
  const [report] = await transaction.select().from(verifyReports).where(eq(verifyReports.migrationId, id))
  if (report === undefined || report.outcome === 'failed') {
    throw new GodwitError(
      'ILLEGAL_ACTION',
      `${action} is not possible: verify has not passed for ${shortId}.`,
      {
        remedy: 'Verify the migration again.',
      },
    )
  }
  const warnings = report.checks.filter((check) => check.outcome === 'warning')
  if (warnings.length === 0) return {}
  if (acceptWarnings === true) return { acceptedWarnings: warnings.map((check) => check.check) }
  throw new GodwitError('WARNINGS_NOT_ACCEPTED', `Verify warned: ${describeChecks(warnings)}.`)
}

function describeChecks(checks: readonly CheckResult[]): string {
  return checks.map((check) => check.title).join('; ')
}

function describeAcceptance({ acceptedWarnings }: EventPayload): string {
  return Array.isArray(acceptedWarnings) ? `, accepting the warnings ${acceptedWarnings.join(', ')}` : ''
}

function describeTime(schedule: Schedule | null): string {
  return schedule === null ? '' : `, to start at ${describeStart(schedule)}`
}

/** Into its next status, with nothing left of a former failure: what is active is due at once. */
async function move(
  transaction: Database,
  row: MigrationRow,
  next: { readonly status: Status; readonly started: boolean; readonly schedule: Schedule | null },
): Promise<MigrationRow> {
  const { status, started, schedule } = next
  const now = sql`clock_timestamp()`
  const [moved] = await transaction
    .update(migrations)
    .set({
      ...noProblem,
      ...(schedule === null ? noSchedule : toScheduleColumns(schedule)),
      status,
      version: row.version + 1,
      ...(started && { startedAt: now }),
      ...(status === 'QUEUED' && queuedNow),
      ...(status === 'CANCELLED' && { finishedAt: now }),
      // Of a completion that was begun and will not be.
      ...((status === 'CANCELLING' || status === 'CANCELLED') && { report: null }),
    })
    .where(eq(migrations.id, row.id))
    .returning()
  if (moved === undefined) throw new TypeError(`the locked migration ${row.id} is gone`)
  return moved
}
