export { analyzeTables } from './analyze.ts'
export { describeMissing, findApprovalObstacle, missingApprovals, type MissingApproval } from './approvals.ts'
export { judgePlan, judgeVersion, planVoid } from './judge-plan.ts'
export * from './fence/index.ts'
export { findClosedWindow, findPlanObstacles, notApproved, type PlanObstacle } from './plan-obstacles.ts'
export * from './report/index.ts'
export { refreshMaterializedViews } from './materialized-views.ts'
export { measureCutover, type MeasureRequest } from './measure.ts'
export {
  defaultPlanLifeMs,
  requirePlanLife,
  resolveCutoverOptions,
  type GivenCutoverOptions,
} from './options.ts'
export { isReservedPerson, personOf, toPerson } from './person.ts'
export { predictPause, sumParts } from './predict-pause.ts'
export { alignSequences } from './sequences.ts'
