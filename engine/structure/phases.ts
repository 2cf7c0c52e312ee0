import type { StructureEntry } from './parse-dump.ts'

/** When structure is made: tables and what they need; indexes and all the rest; what had to wait for the end. */
export type StructurePhase = 'before data' | 'after data' | 'held back'

/**
 * With these pg_dump begins its section post-data: none of them is ever before it, and nothing of the section
 * before is behind one of them. A few types (a materialized view that depends on a primary key, say) can be in
 * either.
 */
const afterDataTypes: ReadonlySet<string> = new Set([
  'CHECK CONSTRAINT',
  'CONSTRAINT',
  'EVENT TRIGGER',
  'FK CONSTRAINT',
  'INDEX',
  'INDEX ATTACH',
  'POLICY',
  'ROW SECURITY',
  'RULE',
  'STATISTICS',
  'TRIGGER',
])

/**
 * Whether an object would do work of its own while changes are applied by a user who may not set
 * session_replication_role to replica. Event triggers stay behind the others, whose making they would see.
 */
function isHeldBack({ type, sql }: StructureEntry): boolean {
  if (type === 'EVENT TRIGGER' || type === 'FK CONSTRAINT' || type === 'TRIGGER') return true
  // The other kind of rule completes a view that was made before what it reads from.
  return type === 'RULE' && sql.startsWith('CREATE RULE ')
}

/** Tells of the entries of a whole dump when they are made. */
export function assignPhases(
  dump: readonly StructureEntry[],
  holdBack: boolean,
): (entry: StructureEntry) => StructurePhase {
  const boundary = dump.findIndex(({ type }) => afterDataTypes.has(type))
  const afterData = new Set(boundary < 0 ? [] : dump.slice(boundary))
  const heldIds = new Set([...afterData].filter((entry) => holdBack && isHeldBack(entry)).map(({ id }) => id))
  return (entry) => {
    if (!afterData.has(entry)) return 'before data'
    // A comment goes with what it is on.
    return [entry.id, ...entry.dependencies].some((id) => heldIds.has(id)) ? 'held back' : 'after data'
  }
}

/** Entries that are made one after another, or several at a time. */
export interface StructureStage {
  readonly concurrent: boolean
  readonly entries: readonly StructureEntry[]
}

/**
 * The stages of a phase. Indexes and keys, the long work, go several at a time, then partitions' indexes are
 * attached, then foreign keys are checked, several at a time again; the rest follows in the order of the dump.
 *
 * @param tablesOf the oids of the tables that an entry is about
 */
export function planStages(
  phase: StructurePhase,
  entries: readonly StructureEntry[],
  tablesOf: (entry: StructureEntry) => readonly number[],
): StructureStage[] {
  if (phase === 'before data') return [{ concurrent: false, entries }]
  const lateViews = new Set(entries.filter(({ type }) => type === 'MATERIALIZED VIEW').map(({ oid }) => oid))
  const stages = Map.groupBy(entries, (entry) =>
    // What is on a materialized view that is made in this phase itself waits for it.
    tablesOf(entry).some((table) => lateViews.has(table)) ? 'rest' : stageOf(entry),
  )
  return [
    { concurrent: true, entries: stages.get('indexes') ?? [] },
    { concurrent: false, entries: stages.get('attach') ?? [] },
    { concurrent: true, entries: stages.get('foreign keys') ?? [] },
    { concurrent: false, entries: stages.get('rest') ?? [] },
  ]
}

function stageOf({ type }: StructureEntry): 'indexes' | 'attach' | 'foreign keys' | 'rest' {
  switch (type) {
    case 'INDEX':
    case 'CONSTRAINT':
    case 'CHECK CONSTRAINT':
      return 'indexes'
    case 'INDEX ATTACH':
      return 'attach'
    case 'FK CONSTRAINT':
      return 'foreign keys'
    default:
      return 'rest'
  }
}
