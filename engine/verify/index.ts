export * from './run-verify.ts'
export * from './types.ts'
