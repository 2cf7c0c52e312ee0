export * from './status.ts'
export * from './steps.ts'
export * from './transitions.ts'
export * from './retry.ts'
