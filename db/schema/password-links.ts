import { sql } from 'drizzle-orm'
import { uuid } from 'drizzle-orm/pg-core'
import { actorColumns, bytea, controlSchema, moment } from './columns.ts'
import { endpoints } from './endpoints.ts'

/** At most one for an endpoint; gone when it was used. */
export const passwordLinks = controlSchema.table('password_links', {
  id: uuid('id').primaryKey(),
  endpointId: uuid('endpoint_id')
    .notNull()
    .unique('password_links_endpoint_id_key')
    .references(() => endpoints.id, { onDelete: 'cascade' }),
  /** SHA-256 of the secret. */
  secretHash: bytea('secret_hash').notNull(),
  /** Who made it. */
  ...actorColumns,
  createdAt: moment('created_at')
    .notNull()
    .default(sql`clock_timestamp()`),
  expiresAt: moment('expires_at').notNull(),
})
