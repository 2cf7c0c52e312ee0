import { and, eq, isNull, notInArray, or } from 'drizzle-orm'
import { validate } from 'uuid'
import {
  GodwitError,
  sqlState,
  sqlStateOf,
  type CommandContext,
  type Endpoint,
  type EndpointChange,
} from '../../engine/index.ts'
import type { ControlDatabase, Database } from '../control-database.ts'
import { endpoints, migrations } from '../schema/index.ts'
import type { SecretBox } from '../secrets.ts'
import { appendAudit } from './append-audit.ts'
import { lockEndpoint, notFound, toConnection, toEndpoint, toRow, type EndpointRow } from './endpoint-rows.ts'
import type { Recall } from './idempotency.ts'
import { validateEndpoint } from './validate-endpoint.ts'

export interface UpdateEndpointNeeds {
  readonly database: ControlDatabase
  readonly secrets: SecretBox
  readonly recall: Recall
}

/** What says which database it is, and as whom: what was found there holds for these only. */
const identifying = ['host', 'port', 'database', 'user'] as const

/** @throws GodwitError NOT_FOUND, NAME_TAKEN, BAD_INPUT, IN_USE */
export async function updateEndpoint(
  { database, secrets, recall }: UpdateEndpointNeeds,
  { id, change }: { readonly id: string; readonly change: EndpointChange },
  context: CommandContext,
): Promise<Endpoint> {
  if (!validate(id)) throw notFound(id)
  const operation = 'endpoint.update'
  const update = async (transaction: Database): Promise<Endpoint> => {
    const repeated =
      (await recall(transaction, { operation, input: { id, ...change }, context }, id)) !== null
    // Migrations come before endpoints, so that nobody waits for each other.
    const user = await lockUser(transaction, id)
    const before = await lockEndpoint(transaction, id)
    if (repeated) return toEndpoint(before)
    const changed = identifying.filter((name) => change[name] !== undefined && change[name] !== before[name])
    if (changed.length > 0 && user !== undefined) throw inUse(before, user, changed)
    const after = await write(transaction, { before, change, secrets })
    await appendAudit(transaction, {
      actor: context.actor,
      operation,
      subjectId: id,
      details: { name: after.name, changed: Object.keys(change) },
    })
    return toEndpoint(after)
  }
  return await database.transaction(update).catch((error: unknown) => {
    if (sqlStateOf(error) !== sqlState.uniqueViolation) throw error
    throw new GodwitError('NAME_TAKEN', `There is an endpoint named ${String(change.name)} already.`)
  })
}

async function write(
  transaction: Database,
  { before, change, secrets }: { before: EndpointRow; change: EndpointChange; secrets: SecretBox },
): Promise<EndpointRow> {
  const { name = before.name, ...connectionChange } = change
  const input = { name, connection: { ...toConnection(before, secrets), ...connectionChange } }
  validateEndpoint(input)
  const [row] = await transaction
    .update(endpoints)
    .set(toRow(before.id, input, secrets))
    .where(eq(endpoints.id, before.id))
    .returning()
  if (row === undefined) throw notFound(before.id)
  return row
}

interface UsingMigration {
  readonly shortId: string
  readonly name: string
}

/** Locked, so that none begins to look at the database in between. */
async function lockUser(transaction: Database, id: string): Promise<UsingMigration | undefined> {
  const users = await transaction
    .select({ shortId: migrations.shortId, name: migrations.name, status: migrations.status })
    .from(migrations)
    .where(
      and(
        or(eq(migrations.sourceId, id), eq(migrations.targetId, id)),
        notInArray(migrations.status, ['COMPLETED', 'CANCELLED']),
        isNull(migrations.deletedAt),
      ),
    )
    .orderBy(migrations.id)
    .for('update')
  return users.find(({ status }) => status !== 'DRAFT')
}

function inUse(
  endpoint: EndpointRow,
  { shortId, name }: UsingMigration,
  changed: readonly string[],
): GodwitError {
  return new GodwitError(
    'IN_USE',
    `The endpoint ${endpoint.name} is used by the migration ${shortId} (${name}): ${changed.join(', ')} cannot change.`,
    { remedy: `Make another endpoint, or complete, cancel or delete ${shortId} first.` },
  )
}
