import { customType, pgSchema, text, timestamp } from 'drizzle-orm/pg-core'
import { formatLsn, parseLsn, type Actor, type Lsn } from '../../engine/index.ts'

/**
 * Where all tables of the control database live. Not `godwit`: that is the schema of the bookkeeping on targets,
 * which is dropped after a migration, and someone may keep both in one database.
 */
export const controlSchema = pgSchema('godwit_control')

export const bytea = customType<{ data: Buffer; driverData: Buffer }>({
  dataType: () => 'bytea',
})

/** Any JSON value. The jsonb of Drizzle parses what the driver has parsed: a text "5" comes back as a number. */
export const json = customType<{ data: unknown; driverData: unknown }>({
  dataType: () => 'jsonb',
})

/** Ordered and searched by code points, whatever the locale of the database. */
export const textInCodeOrder = customType<{ data: string; driverData: string }>({
  dataType: () => 'text collate "C"',
})

/** @see https://www.postgresql.org/docs/current/datatype-pg-lsn.html */
export const pgLsn = customType<{ data: Lsn; driverData: string }>({
  dataType: () => 'pg_lsn',
  toDriver: formatLsn,
  fromDriver: parseLsn,
})

/** A transaction id that does not wrap around. @see https://www.postgresql.org/docs/current/functions-info.html */
export const xid8 = customType<{ data: bigint; driverData: string }>({
  dataType: () => 'xid8',
  toDriver: String,
  fromDriver: BigInt,
})

export const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

/** Who did it, as it was at that time. */
export const actorColumns = {
  actorKind: text('actor_kind').$type<Actor['kind']>().notNull(),
  actorId: text('actor_id').notNull(),
  actorName: text('actor_name').notNull(),
  onBehalfOf: text('on_behalf_of'),
}
