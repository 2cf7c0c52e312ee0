import type { QualifiedName } from '../catalog/types.ts'
import { quoteIdent, quoteQualified } from '../postgres/index.ts'
import type { Relation } from '../replication/index.ts'
import type {
  CatalogColumnFacts,
  CatalogFacts,
  EqualityOperator,
  UniqueIndexFacts,
} from './target-catalog.ts'

/** How the rows of a table of the source are written to its table on the target. */
export interface TargetTable {
  readonly relation: Relation
  /** What the target calls it, for people. */
  readonly title: string
  readonly quotedName: string
  /** What statements name, so that tables that inherit from it are left alone. */
  readonly only: string
  readonly partitioned: boolean
  /** Those that are written: generated ones are not. */
  readonly columns: readonly TargetColumn[]
  /** By which changes find their row; null: rows are found by all that they hold. */
  readonly key: readonly KeyColumn[] | null
  /** Texts of statements by their shape. */
  readonly statements: Map<string, string>
}

export interface TargetColumn {
  /** In the rows of the stream. */
  readonly position: number
  readonly name: string
  readonly quotedName: string
  /** SQL that reads `text`, an SQL expression, as a value of the column's type. */
  readonly read: (text: string) => string
  /** GENERATED ALWAYS AS IDENTITY: no UPDATE may set it. */
  readonly identityAlways: boolean
}

export interface KeyColumn {
  readonly column: TargetColumn
  /** SQL that says whether the row `t` has the key `text`, in a way that the key's index understands. */
  readonly matches: (text: string) => string
}

/**
 * Maps columns by their names. `name` is that of the table on the target.
 * @returns the names of the columns that the target lacks, if it lacks any
 */
export function mapTable(
  relation: Relation,
  { schema, name }: QualifiedName,
  facts: CatalogFacts,
): { readonly table: TargetTable } | { readonly missing: readonly string[] } {
  const known = new Map(facts.columns.map((column) => [column.name, column]))
  const missing = relation.columns.map((column) => column.name).filter((column) => !known.has(column))
  if (missing.length > 0) return { missing }
  const columns = relation.columns.flatMap((sent, position) => {
    const column = known.get(sent.name)
    return column === undefined || column.generated ? [] : [toColumn(column, position)]
  })
  const quotedName = quoteQualified(schema, name)
  const table = {
    relation,
    title: `${schema}.${name}`,
    quotedName,
    only: facts.partitioned ? quotedName : `only ${quotedName}`,
    partitioned: facts.partitioned,
    columns,
    key: chooseKey(relation, facts, columns),
    statements: new Map<string, string>(),
  }
  return { table }
}

function toColumn(facts: CatalogColumnFacts, position: number): TargetColumn {
  const type = quoteQualified(facts.typeSchema, facts.typeName)
  return {
    position,
    name: facts.name,
    quotedName: quoteIdent(facts.name),
    read: facts.castDiffers ? (text) => readByInput(text, type) : (text) => `${text}::${type}`,
    identityAlways: facts.identityAlways,
  }
}

/** As the only element of an array, quoted and escaped, a value goes through its type's input function. */
function readByInput(text: string, type: string): string {
  const escaped = String.raw`pg_catalog.replace(pg_catalog.replace(${text}, '\', '\\'), '"', '\"')`
  return `(('{"' || ${escaped} || '"}')::${type}[])[1]`
}

/**
 * The source's replica identity. Under FULL, which is all columns, a key of the target where it has one: it finds
 * the same rows, and by an index.
 */
function chooseKey(
  relation: Relation,
  facts: CatalogFacts,
  columns: readonly TargetColumn[],
): readonly KeyColumn[] | null {
  const written = new Map(columns.map((column) => [column.name, column]))
  const notNull = new Set(facts.columns.filter((column) => column.notNull).map(({ name }) => name))
  if (relation.replicaIdentity === 'f') {
    const usable = facts.uniqueIndexes.find((index) =>
      index.columns.every((name) => written.has(name) && notNull.has(name)),
    )
    return usable === undefined ? null : toKey(usable.columns, usable, written)
  }
  const identity = relation.columns.filter(({ inIdentity }) => inIdentity).map(({ name }) => name)
  if (identity.length === 0 || !identity.every((name) => written.has(name))) return null
  const index = facts.uniqueIndexes.find(
    ({ columns: indexed }) =>
      indexed.length === identity.length && indexed.every((name) => identity.includes(name)),
  )
  return toKey(identity, index, written)
}

function toKey(
  names: readonly string[],
  index: UniqueIndexFacts | undefined,
  written: ReadonlyMap<string, TargetColumn>,
): readonly KeyColumn[] {
  return names.flatMap((name) => {
    const column = written.get(name)
    if (column === undefined) return []
    const operator = index?.operators[index.columns.indexOf(name)]
    return [{ column, matches: (text: string) => matches(column, operator, text) }]
  })
}

/**
 * By the operator of the index, whatever the search path says. Without an index by the printed form, which equals
 * that of the source exactly when the values are the same.
 */
function matches(column: TargetColumn, operator: EqualityOperator | undefined, text: string): string {
  if (operator === undefined) return `${printed([column.quotedName], 't')} = row(${text})::text collate "C"`
  const qualified = `operator(${quoteIdent(operator.schema)}.${operator.name})`
  return `t.${column.quotedName} ${qualified} ${column.read(text)}`
}

/**
 * The columns of a row as one text by their output functions, where a cast to text could differ: NULL and '' are not
 * the same, and rows compare and hash by their bytes.
 */
export function printed(columns: readonly string[], alias: string): string {
  return `row(${columns.map((column) => `${alias}.${column}`).join(', ')})::text collate "C"`
}
