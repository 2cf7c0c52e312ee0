import type { CatalogColumn } from '../catalog/types.ts'
import type { TargetTable } from './target-table.ts'

export type CopyFormat = 'text' | 'binary'

/**
 * Built-in types whose binary form is the same on all servers from 10 on, and that are worth it: no digits or dates
 * to print and to read again, a quarter less of the servers' time for rows of many short columns. All others go as
 * text, which is always right. Left out on purpose: reg* types (OIDs of the server), xml (re-parsed under another
 * encoding declaration), types of users (their arrays and composites carry OIDs), and what is too rare to matter.
 * @see https://www.postgresql.org/docs/current/sql-copy.html (Binary Format)
 */
const portableTypes: ReadonlySet<string> = new Set(
  `bool bytea char name text varchar bpchar uuid json jsonb
   int2 int4 int8 float4 float8 numeric
   date time timetz timestamp timestamptz interval
   inet cidr macaddr bit varbit`.split(/\s+/),
)

/** The name of an array type is that of its elements behind an underscore. */
function isPortable(column: CatalogColumn): boolean {
  return column.typeSchema === 'pg_catalog' && portableTypes.has(column.typeName.replace(/^_/, ''))
}

/** Columns that hold rows' own values: the server computes generated ones itself and refuses to be given them. */
export function copiedColumns(columns: readonly CatalogColumn[]): readonly CatalogColumn[] {
  return columns.filter((column) => column.generated === null)
}

/**
 * Binary, when every column has a portable type and the very same one on the target (bytes of one type would pass
 * for another of that length); else text, which converts as a dump would.
 */
export function chooseFormat(columns: readonly CatalogColumn[], target: TargetTable): CopyFormat {
  const same = (column: CatalogColumn) =>
    target.typeOfColumn.get(column.name) === `${column.typeSchema}.${column.typeName}`
  return columns.every((column) => isPortable(column) && same(column)) ? 'binary' : 'text'
}
