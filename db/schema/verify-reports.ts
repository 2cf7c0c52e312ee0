import { jsonb, text, uuid } from 'drizzle-orm/pg-core'
import type { CheckOutcome, CheckResult } from '../../engine/index.ts'
import { controlSchema, moment } from './columns.ts'
import { migrations } from './migrations.ts'

/** The last report of each migration: what a start is judged by. */
export const verifyReports = controlSchema.table('verify_reports', {
  migrationId: uuid('migration_id')
    .primaryKey()
    .references(() => migrations.id, { onDelete: 'cascade' }),
  outcome: text('outcome').$type<CheckOutcome>().notNull(),
  checks: jsonb('checks').$type<readonly CheckResult[]>().notNull(),
  startedAt: moment('started_at').notNull(),
  finishedAt: moment('finished_at').notNull(),
})
