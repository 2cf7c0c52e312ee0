export { measureLag } from './measure-lag.ts'
export { measureSlot } from './measure-slot.ts'
