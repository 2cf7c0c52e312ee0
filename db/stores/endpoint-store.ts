import { and, eq, ilike, inArray, isNull, notInArray, or, sql, type SQL } from 'drizzle-orm'
import { v7, validate } from 'uuid'
import {
  GodwitError,
  type CommandContext,
  type Endpoint,
  type EndpointStore,
  type NewEndpoint,
} from '../../engine/index.ts'
import type { ControlDatabase, Database } from '../control-database.ts'
import { endpoints, migrations, passwordLinks } from '../schema/index.ts'
import type { SecretBox } from '../secrets.ts'
import { appendAudit } from './append-audit.ts'
import type { Recall } from './idempotency.ts'
import { escapeWildcards } from './like-pattern.ts'
import {
  endpointExists as exists,
  notFound,
  toConnection,
  toEndpoint,
  toRow,
  type EndpointRow,
} from './endpoint-rows.ts'
import { readPage } from './paging.ts'
import { updateEndpoint } from './update-endpoint.ts'
import { validateEndpoint } from './validate-endpoint.ts'
import { requireStorable } from './validate.ts'

export interface EndpointStoreNeeds {
  readonly database: ControlDatabase
  readonly secrets: SecretBox
  readonly recall: Recall
}

export function createEndpointStore(needs: EndpointStoreNeeds): EndpointStore {
  const { database, secrets } = needs
  return {
    create: (input, context) => createEndpoint(needs, input, context),
    update: (id, change, context) => updateEndpoint(needs, { id, change }, context),
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
    await transaction.delete(passwordLinks).where(eq(passwordLinks.endpointId, id))
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
