import { timingSafeEqual } from 'node:crypto'
import { eq, ne, sql } from 'drizzle-orm'
import { v7, validate } from 'uuid'
import {
  GodwitError,
  scopes as allScopes,
  type ApiToken,
  type CommandContext,
  type NewApiToken,
  type TokenStore,
} from '../../engine/index.ts'
import type { ControlDatabase, Database } from '../control-database.ts'
import { apiTokens } from '../schema/index.ts'
import { systemActor } from './actor.ts'
import { admitBot, botTokenId } from './bot-token.ts'
import { appendAudit } from './append-audit.ts'
import type { Recall } from './idempotency.ts'
import { readPage } from './paging.ts'
import { formatToken, hashTokenSecret, makeTokenSecret, parseToken } from './token-text.ts'
import { badInput, requireText } from './validate.ts'

export interface TokenStoreNeeds {
  readonly database: ControlDatabase
  readonly recall: Recall
}

type TokenRow = typeof apiTokens.$inferSelect

const minChosenLength = 32

export function createTokenStore(needs: TokenStoreNeeds): TokenStore {
  const { database } = needs
  return {
    create: (input, context) => createToken(needs, input, context),
    revoke: (id, context) => revokeToken(needs, id, context),
    list: (page) =>
      database.run((session) =>
        readPage(page, apiTokens.id, {
          select: ({ where, orderBy, limit }) =>
            session.select().from(apiTokens).where(where).orderBy(orderBy).limit(limit),
          toItem: toToken,
        }),
      ),
    authenticate: (presented) => database.run((session) => authenticate(session, presented)),
    createFirstAdmin: (chosen) => createFirstAdmin(database, chosen),
    admitBot: (secret) => admitBot(database, secret),
  }
}

async function createToken(
  { database, recall }: TokenStoreNeeds,
  input: NewApiToken,
  context: CommandContext,
): Promise<{ token: ApiToken; secret: string | null }> {
  requireText('name', input.name, 200)
  if (input.scopes.length === 0) throw badInput('scopes', 'must not be empty')
  const operation = 'token.create'
  return await database.transaction(async (transaction) => {
    const id = v7()
    const earlier = await recall(transaction, { operation, input, context }, id)
    if (earlier !== null) return { token: toToken(await readToken(transaction, earlier)), secret: null }
    const secret = makeTokenSecret()
    const row = await insertToken(transaction, { id, secret, input })
    if (row.expiresAt !== null && row.expiresAt <= row.createdAt) {
      throw badInput('expiresAt', 'must be in the future')
    }
    await appendAudit(transaction, {
      actor: context.actor,
      operation,
      subjectId: id,
      details: {
        name: row.name,
        scopes: row.scopes,
        expiresAt: row.expiresAt === null ? null : row.expiresAt.toISOString(),
      },
    })
    return { token: toToken(row), secret: formatToken(id, secret) }
  })
}

async function insertToken(
  transaction: Database,
  { id, secret, input }: { readonly id: string; readonly secret: string; readonly input: NewApiToken },
): Promise<TokenRow> {
  const [row] = await transaction
    .insert(apiTokens)
    .values({
      id,
      name: input.name,
      // In one order and each once, whatever the caller wrote.
      scopes: allScopes.filter((scope) => input.scopes.includes(scope)),
      secretHash: hashTokenSecret(secret),
      expiresAt: input.expiresAt ?? null,
    })
    .returning()
  if (row === undefined) throw new TypeError('the new token is gone')
  return row
}

async function revokeToken(
  { database, recall }: TokenStoreNeeds,
  id: string,
  context: CommandContext,
): Promise<ApiToken> {
  const operation = 'token.revoke'
  return await database.transaction(async (transaction) => {
    const token = await readToken(transaction, id)
    if (token.id === botTokenId) throw builtIn()
    if ((await recall(transaction, { operation, input: { id: token.id }, context }, token.id)) !== null) {
      return toToken(await readToken(transaction, id))
    }
    const [row] = await transaction
      .update(apiTokens)
      .set({ revokedAt: sql`coalesce(${apiTokens.revokedAt}, clock_timestamp())` })
      .where(eq(apiTokens.id, token.id))
      .returning()
    if (row === undefined) throw notFound(id)
    await appendAudit(transaction, {
      actor: context.actor,
      operation,
      subjectId: row.id,
      details: { name: row.name },
    })
    return toToken(row)
  })
}

/** One answer for every token that is not known, whatever is wrong with it. */
async function authenticate(session: Database, presented: string): Promise<ApiToken> {
  const { id, secret } = parseToken(presented)
  const hash = hashTokenSecret(secret)
  const rows = await session
    .select({
      row: apiTokens,
      expired: sql<boolean>`coalesce(${apiTokens.expiresAt} <= clock_timestamp(), false)`,
      useIsNews: sql<boolean>`coalesce(${apiTokens.lastUsedAt} < clock_timestamp() - interval '1 minute', true)`,
    })
    .from(apiTokens)
    .where(id === null ? eq(apiTokens.secretHash, hash) : eq(apiTokens.id, id))
  const found = rows.find(({ row }) => timingSafeEqual(row.secretHash, hash))
  if (found === undefined) throw new GodwitError('UNAUTHENTICATED', 'The token is not known.')
  const { row, expired, useIsNews } = found
  if (row.revokedAt !== null) throw new GodwitError('UNAUTHENTICATED', `The token ${row.name} was revoked.`)
  if (expired) throw new GodwitError('TOKEN_EXPIRED', `The token ${row.name} has expired.`)
  return toToken(useIsNews ? await noteUse(session, row) : row)
}

async function noteUse(session: Database, row: TokenRow): Promise<TokenRow> {
  const [used] = await session
    .update(apiTokens)
    .set({ lastUsedAt: sql`clock_timestamp()` })
    .where(eq(apiTokens.id, row.id))
    .returning()
  return used ?? row
}

async function createFirstAdmin(
  database: ControlDatabase,
  chosen: string | undefined,
): Promise<string | null> {
  if (chosen !== undefined) validateChosen(chosen)
  return await database.transaction(async (transaction) => {
    // Of two processes that find no token, the second waits here and then finds one.
    await transaction.execute(sql`lock table ${apiTokens} in share row exclusive mode`)
    const some = await transaction
      .select({ id: apiTokens.id })
      .from(apiTokens)
      .where(ne(apiTokens.id, botTokenId))
      .limit(1)
    if (some.length > 0) return null
    const presented = chosen === undefined ? null : parseToken(chosen)
    const id = presented?.id ?? v7()
    const secret = presented?.secret ?? makeTokenSecret()
    await insertToken(transaction, { id, secret, input: { name: 'first admin', scopes: allScopes } })
    await appendAudit(transaction, {
      actor: systemActor,
      operation: 'token.createFirstAdmin',
      subjectId: id,
      details: { name: 'first admin', scopes: allScopes, chosen: chosen !== undefined },
    })
    return chosen ?? formatToken(id, secret)
  })
}

function validateChosen(chosen: string): void {
  if (chosen.length >= minChosenLength && /^[\x21-\x7e]+$/.test(chosen)) return
  throw new GodwitError(
    'CONFIGURATION_INVALID',
    `GODWIT_ADMIN_TOKEN must have at least ${minChosenLength} characters, all of them printable ASCII without spaces.`,
    { remedy: 'Make one with: openssl rand -hex 32' },
  )
}

async function readToken(session: Database, id: string): Promise<TokenRow> {
  if (!validate(id)) throw notFound(id)
  const [row] = await session.select().from(apiTokens).where(eq(apiTokens.id, id))
  if (row === undefined) throw notFound(id)
  return row
}

function toToken(row: TokenRow): ApiToken {
  const { id, name, scopes, createdAt, expiresAt, lastUsedAt, revokedAt } = row
  const isBuiltIn = id === botTokenId
  return { id, isBuiltIn, name, scopes, createdAt, expiresAt, lastUsedAt, revokedAt }
}

function notFound(id: string): GodwitError {
  return new GodwitError('NOT_FOUND', `There is no token ${id}.`)
}

function builtIn(): GodwitError {
  return new GodwitError(
    'IN_USE',
    'The token of the Slack bot is built in: nobody has it but Godwit itself.',
    {
      remedy: 'Take the Slack settings away from all processes; the token expires ten minutes later.',
    },
  )
}
