export { liftFence } from './lift-fence.ts'
export { planFence } from './plan-fence.ts'
export { raiseFence } from './raise-fence.ts'
export type * from './types.ts'
