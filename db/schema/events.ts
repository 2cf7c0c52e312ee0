import { sql } from 'drizzle-orm'
import { bigint, index, jsonb, text, unique, uuid } from 'drizzle-orm/pg-core'
import type { EventPayload, EventType } from '../../engine/index.ts'
import { actorColumns, controlSchema, moment, xid8 } from './columns.ts'
import { migrations } from './migrations.ts'

/**
 * Everything that happened. Within a migration, `sequence` counts without holes. The feed of all migrations is
 * ordered by (xid, seq): `seq` alone would not do, because a lower number can commit after a higher one.
 */
export const events = controlSchema.table(
  'events',
  {
    id: uuid('id').primaryKey(),
    migrationId: uuid('migration_id')
      .notNull()
      .references(() => migrations.id, { onDelete: 'cascade' }),
    sequence: bigint('sequence', { mode: 'bigint' }).notNull(),
    xid: xid8('xid')
      .notNull()
      .default(sql`pg_current_xact_id()`),
    seq: bigint('seq', { mode: 'bigint' }).notNull().generatedAlwaysAsIdentity(),
    type: text('type').$type<EventType>().notNull(),
    message: text('message').notNull(),
    payload: jsonb('payload').$type<EventPayload>().notNull(),
    ...actorColumns,
    at: moment('at')
      .notNull()
      .default(sql`clock_timestamp()`),
  },
  (table) => [
    unique('events_migration_id_sequence_key').on(table.migrationId, table.sequence),
    index('events_xid_seq_idx').on(table.xid, table.seq),
  ],
)
