export * from './connect.ts'
export { toSessionError } from './session-error.ts'
export * from './test-connection.ts'
export * from './types.ts'
