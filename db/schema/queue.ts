import { sql } from 'drizzle-orm'
import { boolean, check, integer } from 'drizzle-orm/pg-core'
import { controlSchema } from './columns.ts'

/** What all workers go by; one row at most. Without it the defaults hold. */
export const queueLimits = controlSchema.table(
  'queue_limits',
  {
    single: boolean('single').primaryKey().default(true),
    perTarget: integer('per_target').notNull(),
    overall: integer('overall').notNull(),
  },
  () => [check('queue_limits_single', sql`single`)],
)
