import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, text } from 'drizzle-orm/pg-core'
import type { JsonValue } from '../../engine/index.ts'
import { controlSchema, json, moment, textInCodeOrder } from './columns.ts'

/** What bots note for themselves. */
export const botRecords = controlSchema.table(
  'bot_records',
  {
    namespace: text('namespace').notNull(),
    /** In the order of code points, so that the primary key serves prefixes, too. */
    key: textInCodeOrder('key').notNull(),
    value: json('value').$type<JsonValue>().notNull(),
    version: integer('version').notNull(),
    expiresAt: moment('expires_at'),
    updatedAt: moment('updated_at')
      .notNull()
      .default(sql`clock_timestamp()`),
  },
  (table) => [
    primaryKey({ name: 'bot_records_pkey', columns: [table.namespace, table.key] }),
    index('bot_records_expires_at_idx')
      .on(table.expiresAt)
      .where(sql`expires_at is not null`),
  ],
)
