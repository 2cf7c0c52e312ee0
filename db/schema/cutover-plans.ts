import { sql } from 'drizzle-orm'
import { index, integer, jsonb, text, unique, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import type {
  ApprovalRequirement,
  CutoverDecision,
  CutoverMeasurement,
  CutoverOptions,
  CutoverPlanStatus,
  PauseParts,
} from '../../engine/index.ts'
import { actorColumns, controlSchema, moment } from './columns.ts'
import { migrations } from './migrations.ts'

/** A measurement as JSON has it: 64-bit numbers as text. */
export type StoredMeasurement = {
  readonly [K in keyof CutoverMeasurement]: CutoverMeasurement[K] extends bigint
    ? string
    : CutoverMeasurement[K]
}

/** The actor is who asked for the plan. */
export const cutoverPlans = controlSchema.table(
  'cutover_plans',
  {
    id: uuid('id').primaryKey(),
    migrationId: uuid('migration_id')
      .notNull()
      .references(() => migrations.id, { onDelete: 'cascade' }),
    digest: text('digest').notNull(),
    status: text('status').$type<CutoverPlanStatus>().notNull(),
    options: jsonb('options').$type<CutoverOptions>().notNull(),
    measured: jsonb('measured').$type<StoredMeasurement>().notNull(),
    predictedParts: jsonb('predicted_parts').$type<PauseParts>().notNull(),
    migrationVersion: integer('migration_version').notNull(),
    requirement: jsonb('requirement').$type<ApprovalRequirement>().notNull(),
    ...actorColumns,
    createdAt: moment('created_at').notNull(),
    expiresAt: moment('expires_at').notNull(),
    voidReason: text('void_reason'),
    /** The person who asked for the completion. */
    executedBy: text('executed_by'),
    executedAt: moment('executed_at'),
    breakGlassPerson: text('break_glass_person'),
    breakGlassReason: text('break_glass_reason'),
    breakGlassAt: moment('break_glass_at'),
  },
  (table) => [
    index('cutover_plans_migration_id_idx').on(table.migrationId),
    uniqueIndex('cutover_plans_open_key')
      .on(table.migrationId)
      .where(sql`status in ('PENDING', 'APPROVED', 'EXECUTING')`),
  ],
)

/** The actor is who decided, the person whom it counts for. */
export const cutoverDecisions = controlSchema.table(
  'cutover_decisions',
  {
    id: uuid('id').primaryKey(),
    planId: uuid('plan_id')
      .notNull()
      .references(() => cutoverPlans.id, { onDelete: 'cascade' }),
    person: text('person').notNull(),
    ...actorColumns,
    decision: text('decision').$type<CutoverDecision['decision']>().notNull(),
    reason: text('reason'),
    at: moment('at')
      .notNull()
      .default(sql`clock_timestamp()`),
  },
  (table) => [unique('cutover_decisions_plan_id_person_key').on(table.planId, table.person, table.decision)],
)
