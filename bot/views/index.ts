/** Everything that people see. Pure: data in, a message or a view out. */
export { type ActionId, actionIds } from './action-ids.ts'
export {
  type Alarm,
  alarmFragment,
  alarmMessage,
  type EscalationOptions,
  escalationMessage,
} from './alarm.ts'
export { type ButtonValue, readButtonValue, writeButtonValue } from './button-value.ts'
export { migrationCard } from './card/card.ts'
export { type MigrationCard, migrationCardFragment } from './card/fragment.ts'
export { cleanUpMessage, completedMessage, type Completion, completionFragment } from './completed.ts'
export { type Cutover, cutoverFragment } from './cutover/fragment.ts'
export type { CutoverOptions } from './cutover/decisions.ts'
export { cutoverMessage } from './cutover/message.ts'
export { endpointCreated, type EndpointPassword, passwordLink } from './endpoint-created.ts'
export { failedMessage } from './failed.ts'
export { help, helpFor } from './help.ts'
export { type Home, type HomeAlarm, homeView } from './home.ts'
export { type Lag, lagFragment, lagMessage } from './lag-chart.ts'
export {
  endpointLineFragment,
  endpointList,
  type EndpointLine,
  migrationLineFragment,
  migrationList,
  type MigrationLine,
} from './lists.ts'
export type { MessageBlock, SlackMessage } from './message.ts'
export type { Mention } from './mrkdwn.ts'
export { type Progress, progressFragment, progressMessage } from './progress.ts'
export { noMigrationHere, notice, passwordRefused, refusal, unknownVerb, unreadable } from './refusals.ts'
export { comparisonMessage, reportFragment, type Reported, reportMessage } from './report.ts'
export { type ThreadEvent, threadEvents } from './thread-event.ts'
export { type VerifyReport, verifyReportFragment, verifyReportMessage } from './verify-report.ts'
export { type Waiting, type WaitingMigration, waitingFragment, whatWaits } from './waiting.ts'
export { type Myself, whoami } from './whoami.ts'
export { type CancelOptions, cancelModal } from './modals/cancel.ts'
export { type ModalContext, readModalContext, writeModalContext } from './modals/context.ts'
export {
  breakGlassModal,
  type BreakGlassOptions,
  type CutoverModalOptions,
  planCutoverModal,
  type PlanOptions,
  rejectModal,
} from './modals/cutover.ts'
export { errorsOf, inputOf } from './modals/fields.ts'
export { type InputId, inputIds, type ModalId, modalIds } from './modals/ids.ts'
export { muteModal, type MuteOptions, type MutePreview } from './modals/mute.ts'
export { newEndpointModal } from './modals/new-endpoint.ts'
export { type NewMigration, newMigrationModal } from './modals/new-migration.ts'
export { scheduleModal, type ScheduleOptions } from './modals/schedule.ts'
