import { and, eq, sql } from 'drizzle-orm'
import { validate } from 'uuid'
import {
  GodwitError,
  type ClaimedDelivery,
  type Webhook,
  type WebhookDelivery,
  type WebhookTarget,
} from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import { webhookDeliveries, webhooks } from '../schema/index.ts'
import type { SecretBox } from '../secrets.ts'
import { toActor } from './actor.ts'

export type WebhookRow = typeof webhooks.$inferSelect

/** What is sealed of a webhook. */
export interface WebhookSecrets {
  readonly url: string
  readonly secret: string
  /** Null when the present one is the first. */
  readonly previousSecret: string | null
}

/**
 * Locks the row to the end of the transaction.
 * @throws GodwitError NOT_FOUND
 */
export async function lockWebhook(transaction: Database, id: string): Promise<WebhookRow> {
  if (!validate(id)) throw webhookNotFound(id)
  const [row] = await transaction.select().from(webhooks).where(eq(webhooks.id, id)).for('no key update')
  if (row === undefined) throw webhookNotFound(id)
  return row
}

export function webhookNotFound(id: string): GodwitError {
  return new GodwitError('NOT_FOUND', `There is no webhook ${id}.`)
}

export function openSecrets(row: WebhookRow, secrets: SecretBox): WebhookSecrets {
  return JSON.parse(secrets.open(row.sealed, row.id))
}

export function sealSecrets(id: string, content: WebhookSecrets, secrets: SecretBox): Buffer {
  return secrets.seal(JSON.stringify(content), id)
}

/**
 * Decrypts where and how to send.
 * @throws GodwitError NOT_FOUND, SECRET_UNREADABLE
 */
export async function readTarget(session: Database, id: string, secrets: SecretBox): Promise<WebhookTarget> {
  if (!validate(id)) throw webhookNotFound(id)
  const [found] = await session
    .select({
      row: webhooks,
      now: sql`clock_timestamp()`.mapWith(webhooks.createdAt),
      signsWithBoth: sql<boolean>`coalesce(${webhooks.previousSecretUntil} > clock_timestamp(), false)`,
    })
    .from(webhooks)
    .where(eq(webhooks.id, id))
  if (found === undefined) throw webhookNotFound(id)
  const { url, secret, previousSecret } = openSecrets(found.row, secrets)
  const both = found.signsWithBoth && previousSecret !== null
  return { url, secrets: both ? [secret, previousSecret] : [secret], now: found.now }
}

/** That the claim is the last one, whether it has run out or not: nobody else has taken it then. */
export function isClaimed({ webhookId, claim }: ClaimedDelivery) {
  return and(eq(webhooks.id, webhookId), eq(webhooks.claim, claim))
}

export const noClaim = { claim: null, claimedUntil: null } as const

export function toWebhook(row: WebhookRow): Webhook {
  const { id, name, shownUrl, eventTypes, migrationIds, tags, enabled, disabledReason, createdAt } = row
  const { consecutiveFailures, failingSince, previousSecretUntil } = row
  return {
    id,
    name,
    url: shownUrl,
    eventTypes,
    migrationIds,
    tags,
    enabled,
    disabledReason,
    consecutiveFailures,
    failingSince,
    previousSecretUntil,
    createdBy: toActor(row),
    createdAt,
  }
}

export function toDelivery(row: typeof webhookDeliveries.$inferSelect): WebhookDelivery {
  const { id, webhookId, eventId, eventType, state, attempts, createdAt } = row
  const { nextAttemptAt, lastStatusCode, lastError, firstAttemptAt, lastAttemptAt } = row
  return {
    id,
    webhookId,
    eventId,
    eventType,
    state,
    attempts,
    nextAttemptAt,
    lastStatusCode,
    lastError,
    firstAttemptAt,
    lastAttemptAt,
    createdAt,
  }
}
