export * from './bookkeeping.ts'
export * from './marks.ts'
