export type { IncrementalProgress } from './incremental-progress.ts'
export { runIncremental } from './run-incremental.ts'
