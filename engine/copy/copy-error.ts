import { toSessionError } from '../endpoint/index.ts'
import type { GodwitError } from '../errors.ts'
import type { SelectedTable } from '../selection/index.ts'
import type { Side } from './pipe.ts'

/** Names the table as the side calls it, the side and, where the server told it, the place; never a value. */
export function toCopyError(table: SelectedTable, side: Side, error: unknown): GodwitError {
  const doing = side === 'source' ? 'Reading' : 'Writing'
  const { schema, name } = side === 'source' ? table : table.target
  const place = placeOf(error, table)
  return toSessionError(error, `${doing} ${schema}.${name} on the ${side}${place}`, 'COPY_FAILED')
}

/**
 * Row and column out of COPY's context line, `COPY t, line 3, column a: "…"`, of which the rest quotes the row. The
 * server writes it in its own language: what does not read like this is left out.
 */
function placeOf(error: unknown, table: SelectedTable): string {
  if (!(error instanceof Error) || !('where' in error) || typeof error.where !== 'string') return ''
  const match = /^COPY .*?, line (\d+)(?:, column ([^:]+))?/.exec(error.where)
  if (match === null) return ''
  const [, line, column] = match
  const known = table.columns.some(({ name }) => name === column)
  return `, row ${line}${known ? `, column ${column}` : ''}`
}
