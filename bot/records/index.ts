export { keepLease, leaseMs } from './keep-lease.ts'
export { type BotNote, type NoteToPut, type PutOptions, Records } from './records.ts'
export { createSeal, type Seal } from './seal.ts'
