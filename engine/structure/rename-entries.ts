import { quoteIdent } from '../postgres/index.ts'
import type { RenameRule } from '../selection/index.ts'
import type { StructureEntry } from './parse-dump.ts'
import type { StructurePhase } from './phases.ts'
import { renamePolicy } from './rename-policy.ts'
import { renameSql, type TargetNames } from './rename-sql.ts'

export interface Renaming {
  readonly phase: StructurePhase
  readonly names: TargetNames
  readonly renames: readonly RenameRule[]
}

/**
 * Entries of a phase that make what they say under the names of the target. In messages, entries keep the names of
 * the source.
 */
export function renameEntries(
  entries: readonly StructureEntry[],
  { phase, names, renames }: Renaming,
): StructureEntry[] {
  const emptied = new Set(
    renames
      .filter(({ schema, table }) => table === undefined && !holdsExtension(schema, entries))
      .map(({ schema }) => schema),
  )
  return [
    ...(phase === 'before data' ? makeSchemas(renames) : []),
    ...entries
      .filter(({ type, name }) => type !== 'SCHEMA' || !emptied.has(name))
      .map((entry) => ({
        ...entry,
        sql: entry.type === 'POLICY' ? renamePolicy(entry, names) : renameSql(entry, names),
      })),
  ]
}

function holdsExtension(schema: string, entries: readonly StructureEntry[]): boolean {
  const place = `WITH SCHEMA ${quoteIdent(schema)}`
  return entries.some(({ type, sql }) => type === 'EXTENSION' && sql.includes(place))
}

/** Before all else; those that are there already are left as they are. */
function makeSchemas(renames: readonly RenameRule[]): StructureEntry[] {
  const schemas = new Set(renames.flatMap(({ toSchema }) => toSchema ?? []))
  return [...schemas].map((name, position) => ({
    // Entries of a dump count from 1.
    id: -1 - position,
    classOid: 0,
    oid: 0,
    type: 'SCHEMA',
    schema: null,
    name,
    dependencies: [],
    sql: `CREATE SCHEMA ${quoteIdent(name)};`,
    statements: 1,
  }))
}
