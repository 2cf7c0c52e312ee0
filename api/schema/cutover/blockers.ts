import { type ControlStores, type CutoverPlan, findPlanObstacles } from '../../../engine/index.ts'
import type { Blocker } from '../migration/blockers.ts'

/** What an open plan waits for before it can be executed. */
export async function blockersOfPlan(plan: CutoverPlan, stores: ControlStores): Promise<readonly Blocker[]> {
  const migration = await stores.migrations.find(plan.migrationId)
  if (migration === null) return []
  const now = await stores.cutoverWindows.readClock()
  return findPlanObstacles(plan, migration, now).map(({ error: { code, message, remedy }, until }) => ({
    kind: 'CUTOVER_PLAN',
    message,
    remedy,
    code,
    statements: [],
    until,
  }))
}
