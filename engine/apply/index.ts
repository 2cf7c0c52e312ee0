export type { IncrementalProgress } from './incremental-progress.ts'
export type { IncrementalRequest } from './incremental-request.ts'
export { runIncremental } from './run-incremental.ts'
export { Waypoints } from './waypoints.ts'
