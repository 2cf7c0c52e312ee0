export { type LagRequest, measureLag } from './measure-lag.ts'
