import { and, arrayContains, eq, gt, ilike, inArray, lt, or, type SQL } from 'drizzle-orm'
import { validate } from 'uuid'
import type { MigrationFilter } from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import { endpoints, migrations } from '../schema/index.ts'
import { isThere } from './migration-rows.ts'
import { toTags } from './migration-settings.ts'
import { escapeWildcards } from './like-pattern.ts'
import { badInput, requireStorable } from './validate.ts'

const maxTextLength = 200

/** The condition that a filter means; undefined would mean all, but deleted ones are never found. */
export function matchesFilter(session: Database, filter: MigrationFilter): SQL | undefined {
  const { statuses, tags, endpointId, text, createdAfter, createdBefore } = filter
  return and(
    isThere,
    statuses && inArray(migrations.status, [...statuses]),
    tags && tags.length > 0 ? arrayContains(migrations.tags, [...toTags(tags)]) : undefined,
    endpointId === undefined ? undefined : namesEndpoint(endpointId),
    text === undefined ? undefined : containsText(session, text),
    createdAfter && gt(migrations.createdAt, createdAfter),
    createdBefore && lt(migrations.createdAt, createdBefore),
  )
}

function namesEndpoint(id: string): SQL | undefined {
  if (!validate(id)) throw badInput('filter.endpointId', 'is not an id')
  return or(eq(migrations.sourceId, id), eq(migrations.targetId, id))
}

/** Blank text asks for nothing. */
function containsText(session: Database, text: string): SQL | undefined {
  requireStorable('filter.text', text, maxTextLength)
  const wanted = text.trim()
  if (wanted === '') return undefined
  const pattern = `%${escapeWildcards(wanted)}%`
  const named = session.select({ id: endpoints.id }).from(endpoints).where(ilike(endpoints.name, pattern))
  return or(
    ilike(migrations.name, pattern),
    ilike(migrations.shortId, pattern),
    inArray(migrations.sourceId, named),
    inArray(migrations.targetId, named),
  )
}
