/** All that `api`, `db` and the main programs may import of the engine. */
export * from './errors.ts'
export * from './ports/index.ts'
export * from './catalog/types.ts'
export { type FoundObject, type ObjectSearch, searchObjects } from './catalog/search-objects.ts'
export {
  defaultPlanLifeMs,
  describeMissing,
  describeUndo,
  findApprovalObstacle,
  findClosedWindow,
  findPlanObstacles,
  type GivenCutoverOptions,
  judgeVersion,
  measureCutover,
  type MeasureRequest,
  missingApprovals,
  notApproved,
  type MissingApproval,
  isReservedPerson,
  personOf,
  toPerson,
  planVoid,
  predictPause,
  renderReport,
  requirePlanLife,
  resolveCutoverOptions,
  sumParts,
} from './cutover/index.ts'
export * from './endpoint/index.ts'
export * from './lifecycle/index.ts'
export * from './monitor/alarms/index.ts'
export * from './monitor/sample-gap.ts'
export * from './postgres/index.ts'
export * from './queue/index.ts'
export * from './replication/lsn.ts'
export * from './schedule/index.ts'
export { makeNameMap } from './selection/names.ts'
export * from './selection/types.ts'
export { validateSelection } from './selection/validate.ts'
export * from './verify/types.ts'
export * from './runner/index.ts'
export * from './ticks/index.ts'
export * from './webhook/index.ts'
