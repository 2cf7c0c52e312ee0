export { measureLag } from './measure-lag.ts'
