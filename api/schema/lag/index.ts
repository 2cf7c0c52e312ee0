import './subscription.ts'

export { LagSampleRef } from './type.ts'
