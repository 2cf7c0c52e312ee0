import { and, asc, desc, eq, getTableColumns, inArray, sql, type SQL } from 'drizzle-orm'
import {
  judgeVersion,
  sumParts,
  type BreakGlass,
  type CutoverDecision,
  type CutoverMeasurement,
  type CutoverPlan,
  type CutoverPlanStatus,
} from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import { cutoverDecisions, cutoverPlans, migrations, type StoredMeasurement } from '../schema/index.ts'
import { toActor } from './actor.ts'

type PlanRow = typeof cutoverPlans.$inferSelect
type DecisionRow = typeof cutoverDecisions.$inferSelect

/** Those that something can still become of. */
const openStatuses = ['PENDING', 'APPROVED', 'EXECUTING'] as const satisfies CutoverPlanStatus[]

export const isOpenPlan = inArray(cutoverPlans.status, [...openStatuses])

/** A plan as it stands by the clock and the migration of now, and what is written of its status. */
export interface PlanState {
  readonly plan: CutoverPlan
  readonly written: CutoverPlanStatus
}

/** The last plan for which `where` holds; null without any. */
export async function readPlan(database: Database, where: SQL | undefined): Promise<PlanState | null> {
  const [found] = await database
    .select({
      ...getTableColumns(cutoverPlans),
      currentVersion: migrations.version,
      expired: sql<boolean>`${cutoverPlans.expiresAt} <= clock_timestamp()`,
    })
    .from(cutoverPlans)
    .innerJoin(migrations, eq(migrations.id, cutoverPlans.migrationId))
    .where(where)
    .orderBy(desc(cutoverPlans.createdAt), desc(cutoverPlans.id))
    .limit(1)
  if (found === undefined) return null
  const decisions = await database
    .select()
    .from(cutoverDecisions)
    .where(eq(cutoverDecisions.planId, found.id))
    .orderBy(asc(cutoverDecisions.at), asc(cutoverDecisions.id))
  return { plan: toPlan(found, standingOf(found), decisions), written: found.status }
}

export function isPlanOf(migrationId: string, digest: string): SQL | undefined {
  return and(eq(cutoverPlans.migrationId, migrationId), eq(cutoverPlans.digest, digest))
}

type Standing = Pick<CutoverPlan, 'status' | 'voidReason'>

/** An open plan ends when its time is up or its migration has changed, whether or not that is written yet. */
function standingOf(row: PlanRow & { readonly currentVersion: number; readonly expired: boolean }): Standing {
  const { status, voidReason, expired, migrationVersion, currentVersion } = row
  if (status !== 'PENDING' && status !== 'APPROVED') return { status, voidReason }
  if (expired) return { status: 'EXPIRED', voidReason: null }
  const [changed] = judgeVersion(migrationVersion, currentVersion)
  return changed === undefined ? { status, voidReason } : { status: 'VOID', voidReason: changed }
}

export function toPlan(
  row: PlanRow,
  { status, voidReason }: Standing,
  decisions: readonly DecisionRow[],
): CutoverPlan {
  const { id, migrationId, digest, options, predictedParts, migrationVersion, createdAt, expiresAt } = row
  return {
    id,
    migrationId,
    digest,
    status,
    voidReason,
    options,
    measured: fromStoredMeasurement(row.measured),
    predictedPauseMs: sumParts(predictedParts),
    predictedParts,
    migrationVersion,
    requestedBy: toActor(row),
    createdAt,
    expiresAt,
    decisions: decisions.map(toDecision),
    requirement: row.requirement,
    executedBy: row.executedBy,
    executedAt: row.executedAt,
    breakGlass: toBreakGlass(row),
  }
}

function toDecision(row: DecisionRow): CutoverDecision {
  const { person, decision, reason, at } = row
  return { person, actor: toActor(row), decision, reason, at }
}

function toBreakGlass(row: PlanRow): BreakGlass | null {
  const { breakGlassPerson: person, breakGlassReason: reason, breakGlassAt: at } = row
  return person === null || reason === null || at === null ? null : { person, reason, at }
}

export function toStoredMeasurement(measured: CutoverMeasurement): StoredMeasurement {
  return { ...measured, lagBytes: String(measured.lagBytes), tableBytes: String(measured.tableBytes) }
}

function fromStoredMeasurement(stored: StoredMeasurement): CutoverMeasurement {
  return { ...stored, lagBytes: BigInt(stored.lagBytes), tableBytes: BigInt(stored.tableBytes) }
}
