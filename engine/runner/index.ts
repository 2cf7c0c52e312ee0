export * from './supervisor.ts'
export type { WorkerOptions, WorkerStores } from './context.ts'
