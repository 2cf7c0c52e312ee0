/** A migration as people in Slack deal with it: which one is meant, where it belongs, and what is done to it. */
export { called, done, isPossible, noSuchMigration } from './answers.ts'
export { type Act, actWords, perform } from './acts.ts'
export { change } from './change.ts'
export { changes, type Changed } from './changes.ts'
export { activeStatuses, chooseMigration, findMigration, withinReach } from './find.ts'
export { channelOf, isAwayFrom } from './home.ts'
