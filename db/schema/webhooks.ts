import { sql } from 'drizzle-orm'
import { bigint, boolean, index, integer, text, unique, uuid } from 'drizzle-orm/pg-core'
import type { DeliveryState, EventType } from '../../engine/index.ts'
import { actorColumns, bytea, controlSchema, moment, xid8 } from './columns.ts'

export const webhooks = controlSchema.table('webhooks', {
  id: uuid('id').primaryKey(),
  name: text('name').notNull().unique('webhooks_name_key'),
  /** Without the query, which may hold a secret. */
  shownUrl: text('shown_url').notNull(),
  /** The whole URL, the secret and the one before it, encrypted together. */
  sealed: bytea('sealed').notNull(),
  previousSecretUntil: moment('previous_secret_until'),
  /** Null: all. */
  eventTypes: text('event_types').array().$type<readonly EventType[]>(),
  /** Null: all. */
  migrationIds: uuid('migration_ids').array().$type<readonly string[]>(),
  /** Null: whatever tags a migration has. */
  tags: text('tags').array().$type<readonly string[]>(),
  enabled: boolean('enabled').notNull().default(true),
  disabledReason: text('disabled_reason'),
  /** The place in the feed of events up to which there are deliveries. */
  cursorXid: xid8('cursor_xid')
    .notNull()
    .default(sql`pg_snapshot_xmin(pg_current_snapshot())`),
  cursorSeq: bigint('cursor_seq', { mode: 'bigint' })
    .notNull()
    .default(sql`0`),
  consecutiveFailures: integer('consecutive_failures').notNull().default(0),
  failingSince: moment('failing_since'),
  /** Of the worker that is sending one of its deliveries. */
  claim: uuid('claim'),
  claimedUntil: moment('claimed_until'),
  /** Whose turn was longest ago is next. */
  lastTurnAt: moment('last_turn_at'),
  ...actorColumns,
  createdAt: moment('created_at')
    .notNull()
    .default(sql`clock_timestamp()`),
})

/** One event for one webhook. It holds all that is sent, and so outlives the migration. */
export const webhookDeliveries = controlSchema.table(
  'webhook_deliveries',
  {
    id: uuid('id').primaryKey(),
    webhookId: uuid('webhook_id')
      .notNull()
      .references(() => webhooks.id, { onDelete: 'cascade' }),
    /** In the order of the feed within a webhook. */
    number: bigint('number', { mode: 'bigint' }).notNull().generatedAlwaysAsIdentity(),
    eventId: uuid('event_id').notNull(),
    eventType: text('event_type').$type<EventType>().notNull(),
    body: text('body').notNull(),
    state: text('state').$type<DeliveryState>().notNull().default('PENDING'),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: moment('next_attempt_at').default(sql`clock_timestamp()`),
    lastStatusCode: integer('last_status_code'),
    lastError: text('last_error'),
    firstAttemptAt: moment('first_attempt_at'),
    lastAttemptAt: moment('last_attempt_at'),
    createdAt: moment('created_at')
      .notNull()
      .default(sql`clock_timestamp()`),
  },
  (table) => [
    unique('webhook_deliveries_webhook_id_event_id_key').on(table.webhookId, table.eventId),
    index('webhook_deliveries_pending_idx')
      .on(table.webhookId, table.number)
      .where(sql`state = 'PENDING'`),
    index('webhook_deliveries_ended_idx')
      .on(table.lastAttemptAt)
      .where(sql`state <> 'PENDING'`),
  ],
)
