import { sql } from 'drizzle-orm'
import { index, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { Actor, Scope } from '../../engine/index.ts'
import { bytea, controlSchema, moment } from './columns.ts'

export const apiTokens = controlSchema.table(
  'api_tokens',
  {
    id: uuid('id').primaryKey(),
    name: text('name').notNull(),
    scopes: text('scopes').array().$type<readonly Scope[]>().notNull(),
    /** SHA-256 of the secret part. */
    secretHash: bytea('secret_hash').notNull(),
    createdAt: moment('created_at')
      .notNull()
      .default(sql`clock_timestamp()`),
    expiresAt: moment('expires_at'),
    lastUsedAt: moment('last_used_at'),
    revokedAt: moment('revoked_at'),
  },
  (table) => [index('api_tokens_secret_hash_idx').on(table.secretHash)],
)

/** What was already done for whom under which key; written in the transaction that did it. */
export const idempotencyKeys = controlSchema.table(
  'idempotency_keys',
  {
    actorKind: text('actor_kind').$type<Actor['kind']>().notNull(),
    actorId: text('actor_id').notNull(),
    key: text('key').notNull(),
    operation: text('operation').notNull(),
    /** A keyed hash: the input may hold a password, which a plain hash would let one guess. */
    inputHash: bytea('input_hash').notNull(),
    resultId: uuid('result_id').notNull(),
    createdAt: moment('created_at')
      .notNull()
      .default(sql`clock_timestamp()`),
  },
  (table) => [
    primaryKey({ name: 'idempotency_keys_pkey', columns: [table.actorKind, table.actorId, table.key] }),
    index('idempotency_keys_created_at_idx').on(table.createdAt),
  ],
)
