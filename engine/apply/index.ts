export type { IncrementalRequest } from './incremental-request.ts'
export type { IncrementalProgress } from './progress-meter.ts'
export { runIncremental } from './run-incremental.ts'
