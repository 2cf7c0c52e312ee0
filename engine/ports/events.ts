import type { Actor } from './actors.ts'

export const eventTypes = [
  'MIGRATION_CREATED',
  'MIGRATION_EDITED',
  'MIGRATION_DELETED',
  'STATUS_CHANGED',
  'STEP_CHANGED',
  'VERIFY_FINISHED',
  'RETRY_SCHEDULED',
  'OWNER_CHANGED',
  'PRIORITY_CHANGED',
  'SCHEDULED_START_FAILED',
  'CUTOVER_WINDOW_CHANGED',
  'CUTOVER_WINDOW_MISSED',
  'CUTOVER_PLANNED',
  'CUTOVER_APPROVED',
  'CUTOVER_REJECTED',
  'CUTOVER_EXPIRED',
  'CUTOVER_VOID',
  'BREAK_GLASS',
  'ALARM_FIRING',
  'ALARM_ACKNOWLEDGED',
  'ALARM_ESCALATED',
  'ALARM_RESOLVED',
  'ALARMS_MUTED',
  'ALARMS_UNMUTED',
  'SOURCE_FENCED',
  'SOURCE_UNFENCED',
  'NOTE',
] as const

export type EventType = (typeof eventTypes)[number]

/** JSON that goes out as it is: no secrets, no row values. */
export type EventPayload = Readonly<Record<string, string | number | boolean | null | readonly string[]>>

export interface NewEvent {
  readonly type: EventType
  /** One sentence for people. */
  readonly message: string
  readonly payload?: EventPayload
}

export interface MigrationEvent {
  readonly id: string
  readonly migrationId: string
  /** 1, 2, 3 … within the migration, without holes. */
  readonly sequence: bigint
  readonly type: EventType
  readonly message: string
  readonly payload: EventPayload
  readonly actor: Actor
  readonly at: Date
  /** Place in the global feed. */
  readonly cursor: string
}

/** Reads what was appended in the transactions that changed something. */
export interface EventLog {
  /** Events of one migration with a sequence above `after`, in order. */
  readMigration(migrationId: string, after: bigint, limit: number): Promise<readonly MigrationEvent[]>
  /**
   * Events of all migrations after the cursor (null: from the beginning), in an order that never skips one.
   * @throws GodwitError BAD_INPUT, CURSOR_EXPIRED
   */
  readAll(after: string | null, limit: number): Promise<readonly MigrationEvent[]>
  /** The cursor behind everything that is readable now. */
  latestCursor(): Promise<string>
}
