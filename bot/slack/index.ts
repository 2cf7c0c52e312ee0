export { type Clock, realClock } from './clock.ts'
export type {
  ActionDelivery,
  CommandDelivery,
  Delivery,
  EventDelivery,
  InputValues,
  OpenView,
  OptionsDelivery,
  SubmissionDelivery,
} from './delivery.ts'
export type { SignedRequest } from './door.ts'
export { notInstalled, SlackCallError, type SlackFailure } from './errors.ts'
export type { LaneName } from './gate.ts'
export { type MessageToSend, Outgoing, type OutgoingMessage, type Place, type Posted } from './outgoing.ts'
export type { Workspace, Workspaces } from './workspaces.ts'
