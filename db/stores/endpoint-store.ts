import { and, eq, ilike, inArray, isNull, notInArray, or, sql, type SQL } from 'drizzle-orm'
import { v7, validate } from 'uuid'
import {
  GodwitError,
  type CommandContext,
  type ConnectionSettings,
  type Endpoint,
  type EndpointStore,
  type NewEndpoint,
  type TlsSettings,
} from '../../engine/index.ts'
import type { ControlDatabase, Database } from '../control-database.ts'
import { endpoints, migrations } from '../schema/index.ts'
import type { SecretBox } from '../secrets.ts'
import { appendAudit } from './append-audit.ts'
import type { Recall } from './idempotency.ts'
import { escapeWildcards } from './like-pattern.ts'
import { readPage } from './paging.ts'
import { badInput, requirePort, requireStorable, requireText } from './validate.ts'

export interface EndpointStoreNeeds {
  readonly database: ControlDatabase
  readonly secrets: SecretBox
  readonly recall: Recall
}

type EndpointRow = typeof endpoints.$inferSelect

/** What is sealed of an endpoint. */
interface Secrets extends Omit<TlsSettings, 'mode'> {
  readonly password: string | null
}

const exists = isNull(endpoints.deletedAt)

export function createEndpointStore(needs: EndpointStoreNeeds): EndpointStore {
  const { database, secrets } = needs
  return {
    create: (input, context) => createEndpoint(needs, input, context),
    delete: (id, context) => deleteEndpoint(needs, id, context),
    find: (id) => database.run(async (session) => (await findRows(session, [id])).map(toEndpoint)[0] ?? null),
    findMany: async (ids) => {
      const rows = await database.run((session) => findRows(session, ids))
      const byId = new Map(rows.map((row) => [row.id, toEndpoint(row)]))
      return ids.map((id) => byId.get(id.toLowerCase()) ?? null)
    },
    list: ({ name }, page) =>
      database.run((session) =>
        readPage(page, endpoints.id, {
          select: ({ where, orderBy, limit }) =>
            session
              .select()
              .from(endpoints)
              .where(and(exists, isNamed(name), where))
              .orderBy(orderBy)
              .limit(limit),
          toItem: toEndpoint,
        }),
      ),
    connection: async (id) => {
      const [row] = await database.run((session) => findRows(session, [id]))
      if (row === undefined) throw notFound(id)
      return toConnection(row, secrets)
    },
  }
}

/** Blank text asks for nothing. */
function isNamed(name = ''): SQL | undefined {
  requireStorable('filter.name', name, 200)
  return name.trim() === '' ? undefined : ilike(endpoints.name, `%${escapeWildcards(name.trim())}%`)
}

async function createEndpoint(
  { database, secrets, recall }: EndpointStoreNeeds,
  input: NewEndpoint,
  context: CommandContext,
): Promise<Endpoint> {
  validateEndpoint(input)
  const operation = 'endpoint.create'
  return await database.transaction(async (transaction) => {
    const id = v7()
    const earlier = await recall(transaction, { operation, input, context }, id)
    if (earlier !== null) return await replay(transaction, earlier)
    const [row] = await transaction
      .insert(endpoints)
      .values(toRow(id, input, secrets))
      .onConflictDoNothing({ target: endpoints.name, where: sql`deleted_at is null` })
      .returning()
    if (row === undefined)
      throw new GodwitError('NAME_TAKEN', `There is an endpoint named ${input.name} already.`)
    await appendAudit(transaction, {
      actor: context.actor,
      operation,
      subjectId: id,
      details: { name: row.name, host: row.host, port: row.port, database: row.database, user: row.user },
    })
    return toEndpoint(row)
  })
}

/** What the command gave the first time, even if the endpoint was deleted since. */
async function replay(transaction: Database, id: string): Promise<Endpoint> {
  const [row] = await transaction.select().from(endpoints).where(eq(endpoints.id, id))
  if (row === undefined) throw notFound(id)
  return toEndpoint(row)
}

async function deleteEndpoint(
  { database, recall }: EndpointStoreNeeds,
  id: string,
  context: CommandContext,
): Promise<void> {
  if (!validate(id)) throw notFound(id)
  const operation = 'endpoint.delete'
  await database.transaction(async (transaction) => {
    if ((await recall(transaction, { operation, input: { id }, context }, id)) !== null) return
    // Waits for those who are creating a migration with it.
    const [row] = await transaction
      .select()
      .from(endpoints)
      .where(and(eq(endpoints.id, id), exists))
      .for('update')
    if (row === undefined) throw notFound(id)
    await assertUnused(transaction, row)
    await transaction
      .update(endpoints)
      .set({ deletedAt: sql`clock_timestamp()`, sealedSecrets: null })
      .where(eq(endpoints.id, id))
    await appendAudit(transaction, {
      actor: context.actor,
      operation,
      subjectId: id,
      details: { name: row.name },
    })
  })
}

async function assertUnused(transaction: Database, endpoint: EndpointRow): Promise<void> {
  const [user] = await transaction
    .select({ shortId: migrations.shortId, name: migrations.name })
    .from(migrations)
    .where(
      and(
        or(eq(migrations.sourceId, endpoint.id), eq(migrations.targetId, endpoint.id)),
        notInArray(migrations.status, ['COMPLETED', 'CANCELLED']),
        isNull(migrations.deletedAt),
      ),
    )
    .limit(1)
  if (user === undefined) return
  throw new GodwitError(
    'IN_USE',
    `The endpoint ${endpoint.name} is used by the migration ${user.shortId} (${user.name}).`,
    { remedy: `Complete, cancel or delete ${user.shortId} first.` },
  )
}

async function findRows(session: Database, ids: readonly string[]): Promise<readonly EndpointRow[]> {
  const known = ids.filter((id) => validate(id))
  if (known.length === 0) return []
  return await session
    .select()
    .from(endpoints)
    .where(and(inArray(endpoints.id, known), exists))
}

function validateEndpoint({ name, connection }: NewEndpoint): void {
  const { host, port, database, user, password, tls } = connection
  requireText('name', name, 200)
  requireText('connection.host', host, 255)
  requirePort('connection.port', port)
  requireText('connection.database', database, 255)
  requireText('connection.user', user, 255)
  if (password !== null) requireStorable('connection.password', password, 10_000)
  if (tls.ca !== undefined) requireText('connection.tls.ca', tls.ca, 1_000_000)
  if (tls.clientCertificate !== undefined) {
    requireText('connection.tls.clientCertificate', tls.clientCertificate, 1_000_000)
    if (tls.clientKey === undefined)
      throw badInput('connection.tls.clientKey', 'must come with the client certificate')
  }
  if (tls.clientKey !== undefined) {
    requireText('connection.tls.clientKey', tls.clientKey, 1_000_000)
    if (tls.clientCertificate === undefined) {
      throw badInput('connection.tls.clientCertificate', 'must come with the client key')
    }
  }
}

function toRow(
  id: string,
  { name, connection }: NewEndpoint,
  secrets: SecretBox,
): typeof endpoints.$inferInsert {
  const { host, port, database, user, password, tls } = connection
  const { mode, ...files } = tls
  const sealed: Secrets = { password, ...files }
  return {
    id,
    name,
    host,
    port,
    database,
    user,
    tlsMode: mode,
    sealedSecrets: secrets.seal(JSON.stringify(sealed), id),
    hasPassword: password !== null,
    hasCa: tls.ca !== undefined,
    hasClientCertificate: tls.clientCertificate !== undefined,
  }
}

function toEndpoint(row: EndpointRow): Endpoint {
  const { id, name, host, port, database, user, tlsMode, createdAt } = row
  const { hasPassword, hasCa, hasClientCertificate } = row
  const held = { hasPassword, hasCa, hasClientCertificate }
  return { id, name, host, port, database, user, tlsMode, ...held, createdAt }
}

function toConnection(row: EndpointRow, secrets: SecretBox): ConnectionSettings {
  if (row.sealedSecrets === null) throw notFound(row.id)
  const { password, ...files }: Secrets = JSON.parse(secrets.open(row.sealedSecrets, row.id))
  const { host, port, database, user, tlsMode } = row
  return { host, port, database, user, password, tls: { mode: tlsMode, ...files } }
}

function notFound(id: string): GodwitError {
  return new GodwitError('NOT_FOUND', `There is no endpoint ${id}.`)
}
