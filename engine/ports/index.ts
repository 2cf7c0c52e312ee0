/**
 * What the engine needs from outside, one file an area. `db` implements it on the control database; nothing here
 * knows how. Times that are stored, and leases, are by the control database's clock, never by this machine's.
 */
import type { AuditLog, TokenStore } from './access.ts'
import type { ApprovalRuleStore } from './approvals.ts'
import type { BotRecordStore } from './bot-records.ts'
import type { CutoverStore } from './cutover-store.ts'
import type { CutoverWindowStore } from './cutover-windows.ts'
import type { AlarmStore } from './alarms.ts'
import type { EndpointStore } from './endpoints.ts'
import type { EventLog } from './events.ts'
import type { MigrationStore } from './migrations.ts'
import type { PasswordLinkStore } from './password-links.ts'
import type { QueueStore } from './queue.ts'
import type { Dispatcher, Doorbell, LeaseStore, RunStore } from './runs.ts'
import type { IdleSlotStore } from './slots.ts'
import type { WebhookQueue, WebhookStore } from './webhooks.ts'

export * from './access.ts'
export * from './actors.ts'
export * from './approvals.ts'
export * from './bot-records.ts'
export * from './cutover.ts'
export * from './cutover-store.ts'
export * from './cutover-windows.ts'
export * from './alarms.ts'
export * from './endpoints.ts'
export * from './events.ts'
export * from './fence.ts'
export * from './migrations.ts'
export * from './pages.ts'
export * from './password-links.ts'
export * from './queue.ts'
export * from './reports.ts'
export * from './runs.ts'
export * from './schedules.ts'
export * from './slots.ts'
export * from './webhooks.ts'

/** The control database as the API and the worker see it. */
export interface ControlStores {
  readonly endpoints: EndpointStore
  readonly passwordLinks: PasswordLinkStore
  readonly migrations: MigrationStore
  readonly cutovers: CutoverStore
  readonly approvalRules: ApprovalRuleStore
  readonly leases: LeaseStore
  readonly runs: RunStore
  readonly queue: QueueStore
  readonly cutoverWindows: CutoverWindowStore
  readonly events: EventLog
  readonly tokens: TokenStore
  readonly audit: AuditLog
  readonly webhooks: WebhookStore
  readonly webhookQueue: WebhookQueue
  readonly alarms: AlarmStore
  readonly idleSlots: IdleSlotStore
  readonly botRecords: BotRecordStore
  readonly doorbell: Doorbell
  readonly dispatcher: Dispatcher
  /** Whether the control database answers and its schema is the one of this program. */
  isReady(): Promise<boolean>
}
