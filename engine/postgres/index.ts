export * from './quote.ts'
export * from './sqlstate.ts'
