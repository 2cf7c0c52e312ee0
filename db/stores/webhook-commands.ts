import { eq, sql } from 'drizzle-orm'
import { v7, validate } from 'uuid'
import {
  GodwitError,
  makeWebhookSecret,
  parseWebhookUrl,
  showWebhookUrl,
  sqlState,
  sqlStateOf,
  validateWebhookSecret,
  type CommandContext,
  type NewWebhook,
  type Webhook,
  type WebhookChanges,
  type WebhookFilter,
  type WebhookWithSecret,
} from '../../engine/index.ts'
import type { ControlDatabase, Database } from '../control-database.ts'
import { webhooks } from '../schema/index.ts'
import type { SecretBox } from '../secrets.ts'
import { toActorRow } from './actor.ts'
import { appendAudit } from './append-audit.ts'
import type { Recall } from './idempotency.ts'
import { toTags } from './migration-settings.ts'
import { badInput, requireText } from './validate.ts'
import {
  lockWebhook,
  openSecrets,
  sealSecrets,
  toWebhook,
  webhookNotFound,
  type WebhookRow,
} from './webhook-rows.ts'

export interface WebhookCommandNeeds {
  readonly database: ControlDatabase
  readonly secrets: SecretBox
  readonly recall: Recall
}

const maxMigrationIds = 100

/** @throws GodwitError NAME_TAKEN, BAD_INPUT */
export async function createWebhook(
  { database, secrets, recall }: WebhookCommandNeeds,
  input: NewWebhook,
  context: CommandContext,
): Promise<WebhookWithSecret> {
  validateWebhook(input)
  const operation = 'webhook.create'
  return await database.transaction(async (transaction) => {
    const id = v7()
    const earlier = await recall(transaction, { operation, input, context }, id)
    if (earlier !== null) return { webhook: toWebhook(await lockWebhook(transaction, earlier)), secret: null }
    const { name, eventTypes, migrationIds, secret = makeWebhookSecret() } = input
    const tags = input.tags && toTags(input.tags)
    const [row] = await transaction
      .insert(webhooks)
      .values({
        id,
        name,
        ...toUrlColumns(id, { url: input.url, secret, previousSecret: null }, secrets),
        eventTypes,
        migrationIds,
        tags,
        ...toActorRow(context.actor),
      })
      .onConflictDoNothing({ target: webhooks.name })
      .returning()
    if (row === undefined) throw nameTaken(name)
    const details = { name, url: row.shownUrl, eventTypes, migrationIds, tags }
    await appendAudit(transaction, { actor: context.actor, operation, subjectId: id, details })
    return { webhook: toWebhook(row), secret }
  })
}

/** @throws GodwitError NOT_FOUND, NAME_TAKEN, BAD_INPUT */
export async function updateWebhook(
  needs: WebhookCommandNeeds,
  { id, changes }: { readonly id: string; readonly changes: WebhookChanges },
  context: CommandContext,
): Promise<Webhook> {
  validateWebhook(changes)
  const operation = 'webhook.update'
  const update = async (transaction: Database) => {
    const row = await lockWebhook(transaction, id)
    const command = { operation, input: { ...changes, id: row.id }, context }
    if ((await needs.recall(transaction, command, row.id)) !== null) return toWebhook(row)
    const [updated] = await transaction
      .update(webhooks)
      .set(toChangedColumns(row, changes, needs.secrets))
      .where(eq(webhooks.id, row.id))
      .returning()
    if (updated === undefined) throw new TypeError('the locked webhook is gone')
    const { name, shownUrl, eventTypes, migrationIds, tags, enabled } = updated
    const details = { name, url: shownUrl, eventTypes, migrationIds, tags, enabled }
    await appendAudit(transaction, { actor: context.actor, operation, subjectId: row.id, details })
    return toWebhook(updated)
  }
  return await needs.database.transaction(update).catch((error: unknown) => {
    throw sqlStateOf(error) === sqlState.uniqueViolation ? nameTaken(String(changes.name)) : error
  })
}

function toChangedColumns(row: WebhookRow, changes: WebhookChanges, secrets: SecretBox) {
  const { url, enabled, ...plain } = changes
  return {
    // An update needs a column.
    name: row.name,
    ...plain,
    ...(plain.tags && { tags: toTags(plain.tags) }),
    ...(url !== undefined && toUrlColumns(row.id, { ...openSecrets(row, secrets), url }, secrets)),
    ...(enabled === false && { enabled, disabledReason: null }),
    ...(enabled === true && !row.enabled && freshlyEnabled),
  }
}

/** What happened while it was disabled is not sent: it might be months. */
const freshlyEnabled = {
  enabled: true,
  disabledReason: null,
  consecutiveFailures: 0,
  failingSince: null,
  cursorXid: sql`pg_snapshot_xmin(pg_current_snapshot())`,
  cursorSeq: 0n,
}

/** @throws GodwitError NOT_FOUND */
export async function deleteWebhook(
  { database, recall }: WebhookCommandNeeds,
  id: string,
  context: CommandContext,
): Promise<void> {
  if (!validate(id)) throw webhookNotFound(id)
  const operation = 'webhook.delete'
  await database.transaction(async (transaction) => {
    if ((await recall(transaction, { operation, input: { id }, context }, id)) !== null) return
    const row = await lockWebhook(transaction, id)
    await transaction.delete(webhooks).where(eq(webhooks.id, row.id))
    const details = { name: row.name, url: row.shownUrl }
    await appendAudit(transaction, { actor: context.actor, operation, subjectId: row.id, details })
  })
}

/** @throws GodwitError NOT_FOUND, BAD_INPUT */
export async function rotateWebhookSecret(
  { database, secrets, recall }: WebhookCommandNeeds,
  { id, secret: given }: { readonly id: string; readonly secret: string | undefined },
  context: CommandContext,
): Promise<WebhookWithSecret> {
  if (given !== undefined) validateWebhookSecret(given)
  const operation = 'webhook.rotateSecret'
  return await database.transaction(async (transaction) => {
    const row = await lockWebhook(transaction, id)
    const command = { operation, input: { id: row.id, secret: given ?? null }, context }
    if ((await recall(transaction, command, row.id)) !== null) {
      return { webhook: toWebhook(row), secret: null }
    }
    const { url, secret: previousSecret } = openSecrets(row, secrets)
    const secret = given ?? makeWebhookSecret()
    const [updated] = await transaction
      .update(webhooks)
      .set({
        sealed: sealSecrets(row.id, { url, secret, previousSecret }, secrets),
        previousSecretUntil: sql`clock_timestamp() + interval '24 hours'`,
      })
      .where(eq(webhooks.id, row.id))
      .returning()
    if (updated === undefined) throw new TypeError('the locked webhook is gone')
    const details = { name: row.name }
    await appendAudit(transaction, { actor: context.actor, operation, subjectId: row.id, details })
    return { webhook: toWebhook(updated), secret }
  })
}

/** Whether the URL leads somewhere that may be sent to is for the caller to check, who knows the settings. */
function toUrlColumns(id: string, content: Parameters<typeof sealSecrets>[1], secrets: SecretBox) {
  const url = parseWebhookUrl(content.url, { allowPrivateAddresses: true })
  return { shownUrl: showWebhookUrl(url), sealed: sealSecrets(id, { ...content, url: url.href }, secrets) }
}

function validateWebhook(input: Partial<NewWebhook> | WebhookChanges): void {
  if (input.name !== undefined) requireText('name', input.name, 200)
  if ('secret' in input && input.secret !== undefined) validateWebhookSecret(input.secret)
  validateFilter(input)
}

function validateFilter({ eventTypes, migrationIds, tags }: Partial<WebhookFilter>): void {
  if (eventTypes?.length === 0) throw badInput('eventTypes', 'must not be empty; leave it out for all')
  if (migrationIds?.length === 0) throw badInput('migrationIds', 'must not be empty; leave it out for all')
  if (tags?.length === 0) throw badInput('tags', 'must not be empty; leave it out for all')
  if (tags != null) toTags(tags)
  if (migrationIds != null && migrationIds.length > maxMigrationIds) {
    throw badInput('migrationIds', `must not hold more than ${maxMigrationIds}`)
  }
}

function nameTaken(name: string): GodwitError {
  return new GodwitError('NAME_TAKEN', `There is a webhook named ${name} already.`)
}
