import { and, eq } from 'drizzle-orm'
import { situationOf, availableActions } from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import { cutoverPlans } from '../schema/index.ts'
import { readSteps, type MigrationRow } from './migration-rows.ts'
import { isOpenPlan, readPlan } from './plan-rows.ts'

/** What Godwit may execute by itself, or why it may not. */
export type Readiness =
  | { readonly digest: string }
  | { readonly reason: 'NOT_FOLLOWING' | 'NO_APPROVED_PLAN' | 'PLAN_WITHOUT_FENCE'; readonly message: string }

/** Whether a migration can be completed without a person; its row is locked. */
export async function findReadiness(transaction: Database, row: MigrationRow): Promise<Readiness> {
  const situation = situationOf(row.status, await readSteps(transaction, row.id))
  if (!availableActions(situation).includes('COMPLETE')) {
    return { reason: 'NOT_FOLLOWING', message: 'It does not follow the changes of the source yet.' }
  }
  const state = await readPlan(transaction, and(eq(cutoverPlans.migrationId, row.id), isOpenPlan))
  if (state?.plan.status !== 'APPROVED') {
    return { reason: 'NO_APPROVED_PLAN', message: 'There is no approved plan of the cutover.' }
  }
  if (state.plan.options.fencing === 'NONE') {
    const message =
      'The plan has no fence, so a person has to say that nothing writes to the source any more.'
    return { reason: 'PLAN_WITHOUT_FENCE', message }
  }
  return { digest: state.plan.digest }
}
