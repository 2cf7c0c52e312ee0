import { timingSafeEqual } from 'node:crypto'
import { and, eq, sql } from 'drizzle-orm'
import { v4, validate } from 'uuid'
import {
  GodwitError,
  type CommandContext,
  type Endpoint,
  type PasswordLink,
  type PasswordLinkKey,
  type PasswordLinkStore,
} from '../../engine/index.ts'
import type { ControlDatabase, Database } from '../control-database.ts'
import { endpoints, passwordLinks } from '../schema/index.ts'
import type { SecretBox } from '../secrets.ts'
import { toActor, toActorRow } from './actor.ts'
import { appendAudit } from './append-audit.ts'
import {
  endpointExists,
  lockEndpoint,
  sealWithPassword,
  toEndpoint,
  type EndpointRow,
} from './endpoint-rows.ts'
import { hashTokenSecret, makeTokenSecret } from './token-text.ts'
import { badInput, requireStorable } from './validate.ts'

export interface PasswordLinkStoreNeeds {
  readonly database: ControlDatabase
  readonly secrets: SecretBox
}

interface OpenedLink {
  readonly link: typeof passwordLinks.$inferSelect
  readonly endpoint: EndpointRow
}

const minLifeMs = 60_000
const maxLifeMs = 86_400_000

export function createPasswordLinkStore({ database, secrets }: PasswordLinkStoreNeeds): PasswordLinkStore {
  return {
    create: (request, context) =>
      database.transaction((transaction) => createLink(transaction, request, context)),
    open: (key) =>
      database.run(async (session) => {
        const { endpoint, link } = await openLink(session, key)
        return { endpoint: toEndpoint(endpoint), expiresAt: link.expiresAt }
      }),
    redeem: (key, password) =>
      database.transaction((transaction) => redeemLink(transaction, secrets, { key, password })),
  }
}

async function createLink(
  transaction: Database,
  { endpointId, expiresInMs }: { readonly endpointId: string; readonly expiresInMs: number },
  { actor }: CommandContext,
): Promise<PasswordLink> {
  if (!(expiresInMs >= minLifeMs && expiresInMs <= maxLifeMs))
    throw badInput('expiresIn', 'must be from 1 minute to 24 hours')
  const endpoint = await lockEndpoint(transaction, endpointId)
  const secret = makeTokenSecret()
  await transaction.delete(passwordLinks).where(eq(passwordLinks.endpointId, endpoint.id))
  const [link] = await transaction
    .insert(passwordLinks)
    .values({
      // Not one that tells when it was made: it stands in access logs.
      id: v4(),
      endpointId: endpoint.id,
      secretHash: hashTokenSecret(secret),
      ...toActorRow(actor),
      expiresAt: sql`clock_timestamp() + ${expiresInMs / 1000} * interval '1 second'`,
    })
    .returning()
  if (link === undefined) throw new TypeError('the new link is gone')
  await appendAudit(transaction, {
    actor,
    operation: 'endpoint.createPasswordLink',
    subjectId: endpoint.id,
    details: { name: endpoint.name, expiresAt: link.expiresAt.toISOString() },
  })
  return { id: link.id, secret, endpoint: toEndpoint(endpoint), expiresAt: link.expiresAt }
}

async function redeemLink(
  transaction: Database,
  secrets: SecretBox,
  { key, password }: { readonly key: PasswordLinkKey; readonly password: string },
): Promise<Endpoint> {
  if (password === '') throw badInput('password', 'must not be empty')
  requireStorable('password', password, 10_000)
  const opened = await openLink(transaction, key)
  // In the order of all others: the endpoint, then its link.
  const endpoint = await lockEndpoint(transaction, opened.endpoint.id)
  const used = await transaction
    .delete(passwordLinks)
    .where(eq(passwordLinks.id, opened.link.id))
    .returning({ id: passwordLinks.id })
  if (used.length === 0) throw linkNotFound()
  const [row] = await transaction
    .update(endpoints)
    .set({ sealedSecrets: sealWithPassword(endpoint, password, secrets), hasPassword: true })
    .where(eq(endpoints.id, endpoint.id))
    .returning()
  if (row === undefined) throw linkNotFound()
  await appendAudit(transaction, {
    actor: toActor(opened.link),
    operation: 'endpoint.setPasswordByLink',
    subjectId: row.id,
    details: { name: row.name },
  })
  return toEndpoint(row)
}

async function openLink(session: Database, { id, secret }: PasswordLinkKey): Promise<OpenedLink> {
  if (!validate(id)) throw linkNotFound()
  const [found] = await session
    .select({ link: passwordLinks, endpoint: endpoints })
    .from(passwordLinks)
    .innerJoin(endpoints, eq(endpoints.id, passwordLinks.endpointId))
    .where(and(eq(passwordLinks.id, id), sql`${passwordLinks.expiresAt} > clock_timestamp()`, endpointExists))
  if (found === undefined || !timingSafeEqual(found.link.secretHash, hashTokenSecret(secret)))
    throw linkNotFound()
  return found
}

function linkNotFound(): GodwitError {
  return new GodwitError(
    'NOT_FOUND',
    'This link is not valid (any more): it works once, and for a short time.',
    {
      remedy: 'Ask for a new link.',
    },
  )
}
