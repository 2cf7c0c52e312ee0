export { describeWait } from './describe.ts'
export {
  maxPriority,
  planQueue,
  type QueueLimits,
  type QueueMember,
  type QueueTurn,
  type WaitsFor,
} from './plan.ts'
export { placeOf, type PlaceFacts, type QueuePlace } from './place.ts'
