export { encodeEventCursor } from './event-cursor.ts'
export {
  cursorOfEvent,
  type FeedItem,
  findPlaceInMigration,
  followAllEvents,
  followMigrationEvents,
} from './follow-events.ts'
export { followLag, followMigration } from './follow-migration.ts'
export { guardStream } from './guard.ts'
export { createQuota } from './quota.ts'
export { defaultSubscriptionSettings, type SubscriptionSettings } from './settings.ts'
