import type { ConnectionSettings } from '../endpoint/index.ts'
import { parseDump, type StructureEntry } from './parse-dump.ts'
import { pgDumpVersion, runPgDump } from './pg-dump/run-pg-dump.ts'

/**
 * Owners and privileges are left out, as their roles may be missing on the target: there, everything belongs to
 * the user of the endpoint. Identifiers are all quoted, as the versions differ in their keywords.
 * `--verbose` adds the catalog and oid of each entry.
 * @see https://www.postgresql.org/docs/current/app-pgdump.html
 */
const dumpArguments = [
  '--schema-only',
  '--verbose',
  '--no-owner',
  '--no-privileges',
  '--no-publications',
  '--no-subscriptions',
  '--no-security-labels',
  '--no-tablespaces',
  '--no-statistics',
  '--quote-all-identifiers',
  '--encoding=UTF8',
  '--lock-wait-timeout=60000',
  '--exclude-schema="godwit"',
] as const

/** On every database from the start; pg_dump does not know it again with all identifiers quoted. */
const standardComment = `COMMENT ON SCHEMA "public" IS 'standard public schema';`

/**
 * Dumps the structure of a source, but for Godwit's own schema, as entries in an order that works.
 *
 * @param withoutTablesOf schemas whose tables, views and sequences are left out, so that the user needs no
 *   privileges on them; their types and functions are there
 * @throws GodwitError PG_DUMP_FAILED with what pg_dump says; ENDPOINT_…, CONNECTION_LOST
 */
export async function dumpStructure(
  source: ConnectionSettings,
  withoutTablesOf: readonly string[],
  signal: AbortSignal,
): Promise<StructureEntry[]> {
  const exclusions = withoutTablesOf.map((schema) => `--exclude-table=${toPattern(schema)}.*`)
  const entries = parseDump(await runPgDump(source, [...dumpArguments, ...exclusions], signal))
  return entries.filter(({ sql }) => sql !== standardComment)
}

/**
 * A pattern that matches one name only, whatever characters it holds.
 * @see https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-PATTERNS
 */
function toPattern(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** The version of the pg_dump that dumps structures: it reads servers up to its own major version. */
export async function dumpVersion(): Promise<string> {
  return await Promise.resolve(pgDumpVersion)
}
