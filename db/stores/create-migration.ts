import { eq } from 'drizzle-orm'
import { v7 } from 'uuid'
import type { CommandContext, Kind, Migration, NewMigration } from '../../engine/index.ts'
import type { ControlDatabase, Database } from '../control-database.ts'
import { leases, migrations, streams } from '../schema/index.ts'
import { appendAudit } from './append-audit.ts'
import { appendEvent } from './append-event.ts'
import type { Recall } from './idempotency.ts'
import { migrationNotFound, toMigration, type MigrationRow } from './migration-rows.ts'
import { insertSteps, lockEndpoints, toSelection, toTags, validateSettings } from './migration-settings.ts'

export interface CreateMigrationNeeds {
  readonly database: ControlDatabase
  readonly recall: Recall
  /** Makes an id that may collide; `attempt` counts the collisions so far. */
  readonly makeShortId: (attempt: number) => string
}

const operation = 'migration.create'

/** The database's stream; there is one. */
const streamName = 'main'

/** @throws GodwitError NOT_FOUND, SAME_ENDPOINT, BAD_INPUT, IDEMPOTENCY_KEY_REUSED */
export async function createMigration(
  needs: CreateMigrationNeeds,
  input: NewMigration,
  context: CommandContext,
): Promise<Migration> {
  validateSettings(input)
  return await needs.database.transaction(async (transaction) => {
    const id = v7()
    const earlier = await needs.recall(transaction, { operation, input, context }, id)
    if (earlier !== null) return await readMade(transaction, earlier)
    return await insertDraft(transaction, needs, { id, input, operation, origin: null, context })
  })
}

interface NewDraft {
  readonly id: string
  readonly input: NewMigration
  /** Such as `migration.create`. */
  readonly operation: string
  /** What it is a copy of. */
  readonly origin: MigrationRow | null
  readonly context: CommandContext
}

/**
 * Makes a DRAFT, with event and audit entry.
 * @throws GodwitError NOT_FOUND (endpoint), SAME_ENDPOINT
 */
export async function insertDraft(
  transaction: Database,
  { makeShortId }: Pick<CreateMigrationNeeds, 'makeShortId'>,
  { id, input, operation: made, origin, context: { actor } }: NewDraft,
): Promise<Migration> {
  const { source, target } = await lockEndpoints(transaction, input)
  const row = await insertMigration(
    transaction,
    {
      id,
      name: input.name ?? `${source.name} to ${target.name}`,
      tags: toTags(input.tags ?? []),
      sourceId: source.id,
      targetId: target.id,
      selection: toSelection(input.selection),
      ...input.kind,
      status: 'DRAFT',
      version: 1,
    },
    makeShortId,
  )
  await insertParts(transaction, row, input.kind)
  const { name, shortId } = row
  const copied = origin === null ? '' : ` as a copy of ${origin.shortId}`
  await appendEvent(transaction, id, {
    actor,
    event: {
      type: 'MIGRATION_CREATED',
      message: `${name} was created${copied}, from ${source.name} to ${target.name}.`,
      payload: {
        name,
        shortId,
        source: source.name,
        target: target.name,
        ...(origin !== null && { clonedFrom: origin.shortId }),
      },
    },
  })
  await appendAudit(transaction, {
    actor,
    operation: made,
    subjectId: id,
    details: {
      name,
      shortId,
      sourceId: source.id,
      targetId: target.id,
      ...(origin !== null && { clonedFrom: origin.id }),
    },
  })
  return toMigration(row)
}

/** What a repeated command made the first time, even if it was deleted since. */
export async function readMade(transaction: Database, id: string): Promise<Migration> {
  const [row] = await transaction.select().from(migrations).where(eq(migrations.id, id))
  if (row === undefined) throw migrationNotFound(id)
  return toMigration(row)
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
  await insertSteps(transaction, id, kind)
}
