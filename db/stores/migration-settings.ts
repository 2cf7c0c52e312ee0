import { and, inArray, isNull } from 'drizzle-orm'
import { validate } from 'uuid'
import {
  GodwitError,
  isNeeded,
  steps as stepOrder,
  validateSelection,
  type Kind,
  type NewMigration,
  type Selection,
} from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import { endpoints, steps } from '../schema/index.ts'
import { badInput, requireStorable, requireText } from './validate.ts'

type EndpointRow = typeof endpoints.$inferSelect

/** Of the name of a migration. */
export const maxNameLength = 200

const maxTags = 20
const maxTagLength = 50

/** Checks what is given of a migration, but for its endpoints. @throws GodwitError BAD_INPUT */
export function validateSettings({ name, tags, selection, kind }: Partial<NewMigration>): void {
  if (name !== undefined) requireText('name', name, maxNameLength)
  if (tags !== undefined) toTags(tags)
  if (selection !== undefined) requireSelection(selection)
  if (kind === undefined || kind.structure || kind.fullCopy || kind.incremental) return
  throw badInput('kind', 'must have at least one of structure, fullCopy and incremental')
}

/** Tags as they are stored: without blanks around them, each once. @throws GodwitError BAD_INPUT */
export function toTags(given: readonly string[]): readonly string[] {
  const tags = given.map((tag, index) => toTag(`tags[${index}]`, tag))
  const unique = [...new Set(tags)]
  if (unique.length > maxTags) throw badInput('tags', `must not be more than ${maxTags}`)
  return unique
}

export function toTag(field: string, given: string): string {
  const tag = given.trim()
  requireText(field, tag, maxTagLength)
  if (/\p{Cc}/u.test(tag)) throw badInput(field, 'must not contain control characters')
  return tag
}

/** A selection as it is stored: without an empty list of renames, which says what an absent one does. */
export function toSelection({ renames = [], ...selection }: Selection): Selection {
  return renames.length === 0 ? selection : { ...selection, renames }
}

function requireSelection(selection: Selection): void {
  validateSelection(selection)
  for (const list of ['include', 'exclude', 'renames'] as const) {
    for (const [index, rule] of (selection[list] ?? []).entries()) {
      for (const name of Object.values(rule)) requireStorable(`selection.${list}[${index}]`, name, 255)
    }
  }
}

/**
 * Holds the endpoints until the migration names them, so that they are not deleted meanwhile.
 * @throws GodwitError NOT_FOUND, SAME_ENDPOINT
 */
export async function lockEndpoints(
  transaction: Database,
  { sourceId, targetId }: Pick<NewMigration, 'sourceId' | 'targetId'>,
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

/** The steps of a migration of this kind, before anything was done. */
export async function insertSteps(transaction: Database, migrationId: string, kind: Kind): Promise<void> {
  await transaction.insert(steps).values(
    stepOrder.map((step) => ({
      migrationId,
      step,
      status: isNeeded(step, kind) ? ('PENDING' as const) : ('SKIPPED' as const),
    })),
  )
}
