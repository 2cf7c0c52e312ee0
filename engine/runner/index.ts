export * from './look-after.ts'
export * from './worker.ts'
export type { WorkerOptions, WorkerStores } from './context.ts'
