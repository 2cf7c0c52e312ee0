import { sql } from 'drizzle-orm'
import { boolean, integer, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import type { TlsMode } from '../../engine/index.ts'
import { bytea, controlSchema, moment } from './columns.ts'

export const endpoints = controlSchema.table(
  'endpoints',
  {
    id: uuid('id').primaryKey(),
    name: text('name').notNull(),
    host: text('host').notNull(),
    port: integer('port').notNull(),
    database: text('database_name').notNull(),
    user: text('user_name').notNull(),
    tlsMode: text('tls_mode').$type<TlsMode>().notNull(),
    /** Password, CA, client certificate and key, encrypted together; null once the endpoint is deleted. */
    sealedSecrets: bytea('sealed_secrets'),
    hasPassword: boolean('has_password').notNull(),
    hasCa: boolean('has_ca').notNull(),
    hasClientCertificate: boolean('has_client_certificate').notNull(),
    createdAt: moment('created_at')
      .notNull()
      .default(sql`clock_timestamp()`),
    /** A deleted endpoint keeps its row, without secrets, for the migrations that have ended with it. */
    deletedAt: moment('deleted_at'),
  },
  (table) => [
    uniqueIndex('endpoints_name_key')
      .on(table.name)
      .where(sql`deleted_at is null`),
  ],
)
