export * from './worker.ts'
export type { WorkerOptions, WorkerStores } from './context.ts'
