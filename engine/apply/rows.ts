import { GodwitError } from '../errors.ts'
import { columnKind, isUnchanged, kindAt, type RowChange, type Tuple } from '../replication/index.ts'
import type { TargetColumn, TargetTable } from './target-table.ts'

/** The columns whose values a row has; those left out are TOAST that did not change. */
export function presentColumns(table: TargetTable, row: Tuple): readonly TargetColumn[] {
  if (!row.hasUnchanged) return table.columns
  return table.columns.filter(({ position }) => !isUnchanged(row, position))
}

/** The new row of an insert or update. */
export function newRow({ row }: RowChange): Tuple {
  if (row === null) throw lacking('new row')
  return row
}

/** The old key or row of a delete. */
export function oldRow({ old }: RowChange): Tuple {
  if (old === null) throw lacking('old row')
  return old
}

/** Whether a row leaves out a column that is written. */
export function leavesOut(table: TargetTable, row: Tuple): boolean {
  return (
    row.hasUnchanged && table.columns.some(({ position }) => kindAt(row, position) === columnKind.unchanged)
  )
}

/** What the stream should have had. */
export function lacking(what: string): GodwitError {
  return new GodwitError('PROTOCOL_VIOLATION', `A change of the stream lacks its ${what}.`)
}
