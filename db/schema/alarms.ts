import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { Actor, AlarmKind, AlarmSeverity, AlarmState, Episode } from '../../engine/index.ts'
import { actorColumns, controlSchema, moment } from './columns.ts'
import { migrations } from './migrations.ts'

const migrationId = () =>
  uuid('migration_id')
    .notNull()
    .references(() => migrations.id, { onDelete: 'cascade' })

/** One row an episode. */
export const alarms = controlSchema.table(
  'alarms',
  {
    id: uuid('id').primaryKey(),
    migrationId: migrationId(),
    kind: text('kind').$type<AlarmKind>().notNull(),
    severity: text('severity').$type<AlarmSeverity>().notNull(),
    state: text('state').$type<AlarmState>().notNull(),
    message: text('message').notNull(),
    value: doublePrecision('value').notNull(),
    peak: doublePrecision('peak').notNull(),
    threshold: doublePrecision('threshold').notNull(),
    reopenings: integer('reopenings').notNull(),
    muted: boolean('muted').notNull(),
    openedAt: moment('opened_at').notNull(),
    clearSince: moment('clear_since'),
    acknowledgedAt: moment('acknowledged_at'),
    acknowledgedBy: jsonb('acknowledged_by').$type<Actor>(),
    acknowledgedNote: text('acknowledged_note'),
    escalatedAt: moment('escalated_at'),
    resolvedAt: moment('resolved_at'),
    resolution: text('resolution'),
    announced: text('announced').$type<Episode['announced']>(),
    announcedAt: moment('announced_at'),
  },
  (table) => [
    uniqueIndex('alarms_open_key')
      .on(table.migrationId, table.kind)
      .where(sql`state <> 'RESOLVED'`),
    index('alarms_migration_id_idx').on(table.migrationId, table.openedAt),
    index('alarms_resolved_at_idx').on(table.resolvedAt),
    index('alarms_unsettled_idx')
      .on(table.migrationId)
      .where(sql`announced = 'FIRING'`),
  ],
)

/** What a migration has otherwise than by default; null: as by default. */
export const alarmRules = controlSchema.table(
  'alarm_rules',
  {
    migrationId: migrationId(),
    kind: text('kind').$type<AlarmKind>().notNull(),
    enabled: boolean('enabled'),
    raise: doublePrecision('raise'),
    clear: doublePrecision('clear'),
    samples: integer('samples'),
    clearSamples: integer('clear_samples'),
  },
  (table) => [primaryKey({ name: 'alarm_rules_pkey', columns: [table.migrationId, table.kind] })],
)

export const alarmSettings = controlSchema.table('alarm_settings', {
  migrationId: migrationId().primaryKey(),
  escalateAfterMs: bigint('escalate_after_ms', { mode: 'number' }).notNull(),
})

export const alarmMutes = controlSchema.table(
  'alarm_mutes',
  {
    id: uuid('id').primaryKey(),
    migrationId: migrationId(),
    /** Null: all that can be muted. */
    kinds: text('kinds').array().$type<readonly AlarmKind[]>(),
    reason: text('reason').notNull(),
    ...actorColumns,
    createdAt: moment('created_at')
      .notNull()
      .default(sql`clock_timestamp()`),
    /** Set to the moment at which somebody ended it, if that was earlier. */
    until: moment('until').notNull(),
  },
  (table) => [index('alarm_mutes_migration_id_idx').on(table.migrationId, table.until)],
)
