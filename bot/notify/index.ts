/** The feed of events becomes messages in Slack. */
export { bindMigration, type Binding, channelKey } from './binding.ts'
export { type CardNote, cardKey, cardNote } from './notes.ts'
export { type Notifier, startNotifier } from './notifier.ts'
export type { ChannelPlace, NotifyNeeds } from './ports.ts'
