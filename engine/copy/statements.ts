import type { CatalogColumn, QualifiedName } from '../catalog/types.ts'
import { quoteIdent, quoteQualified } from '../postgres/index.ts'
import type { CopyFormat } from './columns.ts'

/** Pages of the table's main fork, `to` excluded; null for all from `from` on. */
export interface PageRange {
  readonly from: number
  readonly to: number | null
}

/** Always ONLY: children of an inheritance parent are tables of their own. */
export function copyOutSql(
  table: QualifiedName,
  columns: readonly CatalogColumn[],
  options: { readonly format: CopyFormat; readonly pages: PageRange | null },
): string {
  const { format, pages } = options
  const select = `select ${columnList(columns)} from only ${quoteQualified(table.schema, table.name)}`
  return `copy (${select}${where(pages)}) to stdout with (format ${format})`
}

/** From 14 on the server reads only the pages of the range. */
function where(pages: PageRange | null): string {
  if (pages === null) return ''
  const to = pages.to === null ? '' : ` and ctid < '(${pages.to},0)'::pg_catalog.tid`
  return ` where ctid >= '(${pages.from},0)'::pg_catalog.tid${to}`
}

/**
 * @param options.freeze rows are visible to all and never need vacuum's freezing; only into a table that was
 *   truncated in the same transaction
 * @see https://www.postgresql.org/docs/current/sql-copy.html
 */
export function copyInSql(
  table: QualifiedName,
  columns: readonly CatalogColumn[],
  options: { readonly format: CopyFormat; readonly freeze: boolean },
): string {
  // There is no empty column list; without one, it is all columns that are not generated, which are none too.
  const list = columns.length === 0 ? '' : ` (${columnList(columns)})`
  const { format, freeze } = options
  return `copy ${quoteQualified(table.schema, table.name)}${list} from stdin with (format ${format}, freeze ${freeze})`
}

function columnList(columns: readonly CatalogColumn[]): string {
  return columns.map((column) => quoteIdent(column.name)).join(', ')
}
