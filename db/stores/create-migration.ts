import { and, inArray, isNull } from 'drizzle-orm'
import { v7, validate } from 'uuid'
import {
  GodwitError,
  isNeeded,
  steps as stepOrder,
  validateSelection,
  type CommandContext,
  type Kind,
  type Migration,
  type NewMigration,
} from '../../engine/index.ts'
import type { ControlDatabase, Database } from '../control-database.ts'
import { endpoints, leases, migrations, steps, streams } from '../schema/index.ts'
import { appendAudit } from './append-audit.ts'
import { appendEvent } from './append-event.ts'
import type { Recall } from './idempotency.ts'
import { isMigration, toMigration, type MigrationRow } from './migration-rows.ts'
import { badInput, requireStorable, requireText } from './validate.ts'

export interface CreateMigrationNeeds {
  readonly database: ControlDatabase
  readonly recall: Recall
  /** Makes an id that may collide; `attempt` counts the collisions so far. */
  readonly makeShortId: (attempt: number) => string
}

type EndpointRow = typeof endpoints.$inferSelect

const operation = 'migration.create'

/** The database's stream; there is one. */
const streamName = 'main'

/** @throws GodwitError NOT_FOUND, SAME_ENDPOINT, BAD_INPUT, IDEMPOTENCY_KEY_REUSED */
export async function createMigration(
  { database, recall, makeShortId }: CreateMigrationNeeds,
  input: NewMigration,
  context: CommandContext,
): Promise<Migration> {
  validateMigration(input)
  return await database.transaction(async (transaction) => {
    const id = v7()
    const earlier = await recall(transaction, { operation, input, context }, id)
    if (earlier !== null) return await replay(transaction, earlier)
    const { source, target } = await lockEndpoints(transaction, input)
    const row = await insertMigration(
      transaction,
      {
        id,
        name: input.name ?? `${source.name} to ${target.name}`,
        sourceId: source.id,
        targetId: target.id,
        selection: input.selection,
        ...input.kind,
        status: 'DRAFT',
        version: 1,
      },
      makeShortId,
    )
    await insertParts(transaction, row, input.kind)
    await appendEvent(transaction, id, {
      actor: context.actor,
      event: {
        type: 'MIGRATION_CREATED',
        message: `${row.name} was created, from ${source.name} to ${target.name}.`,
        payload: { name: row.name, shortId: row.shortId, source: source.name, target: target.name },
      },
    })
    await appendAudit(transaction, {
      actor: context.actor,
      operation,
      subjectId: id,
      details: { name: row.name, shortId: row.shortId, sourceId: source.id, targetId: target.id },
    })
    return toMigration(row)
  })
}

async function replay(transaction: Database, id: string): Promise<Migration> {
  const [row] = await transaction.select().from(migrations).where(isMigration(migrations.id, id))
  if (row === undefined) throw new GodwitError('NOT_FOUND', `There is no migration ${id}.`)
  return toMigration(row)
}

/** Holds the endpoints until the migration is there, so that they are not deleted meanwhile. */
async function lockEndpoints(
  transaction: Database,
  { sourceId, targetId }: NewMigration,
): Promise<{ source: EndpointRow; target: EndpointRow }> {
  const ids = [sourceId, targetId].filter((id) => validate(id))
  const rows = await transaction
    .select()
    .from(endpoints)
    .where(and(inArray(endpoints.id, ids), isNull(endpoints.deletedAt)))
    .for('share')
  const find = (id: string, role: string): EndpointRow => {
    const row = rows.find((endpoint) => endpoint.id === id.toLowerCase())
    if (row === undefined) throw new GodwitError('NOT_FOUND', `There is no endpoint ${id} to be the ${role}.`)
    return row
  }
  const source = find(sourceId, 'source')
  const target = find(targetId, 'target')
  if (source.id === target.id) {
    throw new GodwitError('SAME_ENDPOINT', `The endpoint ${source.name} cannot be both source and target.`)
  }
  if (addressOf(source) === addressOf(target)) {
    throw new GodwitError(
      'SAME_ENDPOINT',
      `The endpoints ${source.name} and ${target.name} are the same database: ${addressOf(source)}.`,
    )
  }
  return { source, target }
}

function addressOf({ host, port, database }: EndpointRow): string {
  return `${host.toLowerCase()}:${port}/${database}`
}

/** Draws short ids until one is free. */
async function insertMigration(
  transaction: Database,
  values: Omit<typeof migrations.$inferInsert, 'shortId'>,
  makeShortId: (attempt: number) => string,
): Promise<MigrationRow> {
  for (let attempt = 0; ; attempt += 1) {
    const [row] = await transaction
      .insert(migrations)
      .values({ ...values, shortId: makeShortId(attempt) })
      .onConflictDoNothing({ target: migrations.shortId })
      .returning()
    if (row !== undefined) return row
  }
}

async function insertParts(transaction: Database, { id, shortId }: MigrationRow, kind: Kind): Promise<void> {
  // Slots and publications share their names with all of the source: lower case, digits and _ need no quotes.
  const objectName = `godwit_${shortId.replaceAll('-', '_')}`
  await transaction
    .insert(streams)
    .values({ migrationId: id, name: streamName, publicationName: objectName, slotName: objectName })
  await transaction.insert(leases).values({ migrationId: id })
  await transaction.insert(steps).values(
    stepOrder.map((step) => ({
      migrationId: id,
      step,
      status: isNeeded(step, kind) ? ('PENDING' as const) : ('SKIPPED' as const),
    })),
  )
}

function validateMigration({ name, selection, kind }: NewMigration): void {
  if (name !== undefined) requireText('name', name, 200)
  validateSelection(selection)
  for (const list of ['include', 'exclude'] as const) {
    for (const [index, { schema, table }] of selection[list].entries()) {
      for (const part of [schema, table ?? '']) requireStorable(`selection.${list}[${index}]`, part, 255)
    }
  }
  if (kind.structure || kind.fullCopy || kind.incremental) return
  throw badInput('kind', 'must have at least one of structure, fullCopy and incremental')
}
