import { sql } from 'drizzle-orm'
import { integer, text, uuid } from 'drizzle-orm/pg-core'
import { controlSchema, moment } from './columns.ts'
import { endpoints } from './endpoints.ts'

export const approvalRules = controlSchema.table('approval_rules', {
  id: uuid('id').primaryKey(),
  name: text('name').notNull().unique('approval_rules_name_key'),
  required: integer('required').notNull(),
  people: text('people').array().$type<readonly string[]>().notNull(),
  groups: text('groups').array().$type<readonly string[]>().notNull(),
  endpointId: uuid('endpoint_id').references(() => endpoints.id),
  tag: text('tag'),
  createdAt: moment('created_at')
    .notNull()
    .default(sql`clock_timestamp()`),
})

export const approverGroups = controlSchema.table('approver_groups', {
  id: uuid('id').primaryKey(),
  name: text('name').notNull().unique('approver_groups_name_key'),
  members: text('members').array().$type<readonly string[]>().notNull(),
})
