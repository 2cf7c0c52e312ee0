import { createHash } from 'node:crypto'
import type pg from 'pg'
import { type Guard, inGuardedTransaction, markRestored } from '../bookkeeping/index.ts'
import { toSessionError } from '../endpoint/index.ts'
import type { GodwitError } from '../errors.ts'
import { sqlState, sqlStateOf } from '../postgres/index.ts'
import type { StructureEntry } from './parse-dump.ts'
import { describeEntry } from './select-entries.ts'

/** Names an entry from one dump to the next. */
export function digestEntry({ type, schema, name, sql }: StructureEntry): string {
  return createHash('sha256')
    .update(JSON.stringify([type, schema, name, sql]))
    .digest('hex')
}

/**
 * Makes an object on the target, in one transaction with the note that it is there. The entry is sent as pg_dump
 * wrote it, several statements in one query.
 *
 * @returns a warning when the target can do without the object and would not have it; else null
 * @throws GodwitError STRUCTURE_FAILED naming the object, or what else stopped it; LEASE_LOST
 */
export async function restoreEntry(
  client: pg.Client,
  guard: Guard,
  entry: StructureEntry,
): Promise<string | null> {
  try {
    await inGuardedTransaction(client, guard, async () => {
      await client.query(toStatements(entry))
      await markRestored(client, guard, digestEntry(entry))
    })
    return null
  } catch (error) {
    const failure = toSessionError(error, `Cannot create ${describeEntry(entry)}`, 'STRUCTURE_FAILED')
    if (isDispensable(entry, error, failure)) return failure.message
    throw failure
  }
}

/** The schema public, say, is there already. */
function toStatements({ type, sql }: StructureEntry): string {
  return type === 'SCHEMA'
    ? sql.replace(/^CREATE SCHEMA (?!IF NOT EXISTS )/, 'CREATE SCHEMA IF NOT EXISTS ')
    : sql
}

/**
 * An extension that the target does not offer may be one of the source's provider, and nothing here needs it; if
 * something does, that fails by name. Its comment is not there either then, or needs an ownership that the target's
 * user may not have of what was there before. Event triggers are for superusers. A user mapping needs a role.
 */
function isDispensable({ type }: StructureEntry, error: unknown, failure: GodwitError): boolean {
  const state = sqlStateOf(error)
  switch (type) {
    case 'EXTENSION':
      return state !== undefined && !failure.retryable
    case 'COMMENT':
      return state === sqlState.insufficientPrivilege || state === sqlState.undefinedObject
    case 'EVENT TRIGGER':
      return state === sqlState.insufficientPrivilege
    case 'USER MAPPING':
      return state === sqlState.undefinedObject
    default:
      return false
  }
}
