import type { Logger } from 'pino'
import type { Guard } from '../bookkeeping/index.ts'
import type { ConnectionSettings } from '../endpoint/types.ts'
import type { RetryPolicy } from '../lifecycle/index.ts'
import type { ControlStores, Lease, MigrationRun, RunStore } from '../ports/index.ts'
import type { WebhookSettings } from '../webhook/settings.ts'

/** What a worker needs of the control database. */
export type WorkerStores = Pick<
  ControlStores,
  | 'endpoints'
  | 'migrations'
  | 'cutovers'
  | 'cutoverWindows'
  | 'leases'
  | 'runs'
  | 'alarms'
  | 'idleSlots'
  | 'botRecords'
  | 'doorbell'
  | 'dispatcher'
  | 'webhookQueue'
>

export interface WorkerOptions {
  /** Unique among the workers that run, also over restarts. */
  readonly owner: string
  /** After a worker has died, another takes over when this has passed. */
  readonly leaseTtlMs: number
  /** Migrations at a time in this worker. */
  readonly maxMigrations: number
  /** How often to look for work that nobody rang for: leases that ran out, attempts that are due. */
  readonly pollMs: number
  readonly retryPolicy: RetryPolicy
  /** Sessions that copy rows, on the source and on the target each. */
  readonly copySessions: number
  /** How webhooks are sent, where it differs from the defaults. */
  readonly webhooks?: Partial<WebhookSettings>
}

/** One activity on one owned migration. */
export interface RunContext {
  readonly run: MigrationRun
  readonly lease: Lease
  readonly guard: Guard
  readonly source: ConnectionSettings
  readonly target: ConnectionSettings
  readonly runs: RunStore
  readonly log: Logger
  readonly options: WorkerOptions
}
