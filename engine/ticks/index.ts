export * from './run-ticks.ts'
