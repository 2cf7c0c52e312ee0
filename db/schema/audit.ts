import { sql } from 'drizzle-orm'
import { jsonb, text, uuid } from 'drizzle-orm/pg-core'
import type { EventPayload } from '../../engine/index.ts'
import { actorColumns, controlSchema, moment } from './columns.ts'

/** One row for each command of a person and each report of a worker. */
export const audit = controlSchema.table('audit', {
  id: uuid('id').primaryKey(),
  at: moment('at')
    .notNull()
    .default(sql`clock_timestamp()`),
  ...actorColumns,
  operation: text('operation').notNull(),
  subjectId: uuid('subject_id'),
  details: jsonb('details').$type<EventPayload>().notNull(),
})
