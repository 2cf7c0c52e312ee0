import { sql } from 'drizzle-orm'
import { bigint, integer, text, uuid } from 'drizzle-orm/pg-core'
import { controlSchema, moment } from './columns.ts'
import { migrations } from './migrations.ts'

/** Who owns each migration. The row is there from the beginning, and owner and epoch outlive a release. */
export const leases = controlSchema.table('leases', {
  migrationId: uuid('migration_id')
    .primaryKey()
    .references(() => migrations.id, { onDelete: 'cascade' }),
  owner: text('owner'),
  epoch: bigint('epoch', { mode: 'bigint' })
    .notNull()
    .default(sql`0`),
  /** Until when it is owned, or since when it is free. Null: never owned. */
  leaseUntil: moment('lease_until'),
  /** Version of the migration that the owner last saw; a higher one means that a person has acted since. */
  seenVersion: integer('seen_version').notNull().default(0),
})
