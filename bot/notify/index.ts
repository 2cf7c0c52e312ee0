/** The feed of events becomes messages in Slack. */
export { type Arrival, Homes } from './homes.ts'
export { startNotifier } from './notifier.ts'
export { type ChannelPlace, isAt } from './place.ts'
export { type Reach, Reaches } from './reach.ts'
export type { NotifyNeeds } from './ports.ts'
