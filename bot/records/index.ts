export { type BotNote, type PutOptions, Records } from './records.ts'
export { createSeal, type Seal } from './seal.ts'
