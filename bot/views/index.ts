/** Everything that people see. Pure: data in, a message or a view out. */
export { type ActionId, actionIds } from './action-ids.ts'
export { type ButtonValue, readButtonValue, writeButtonValue } from './button-value.ts'
export { migrationCard } from './card/card.ts'
export { type MigrationCard, migrationCardFragment } from './card/fragment.ts'
export type { MessageBlock, SlackMessage } from './message.ts'
export type { Mention } from './mrkdwn.ts'
