import type { Tuple } from '../replication/index.ts'
import { encodeCopyText } from './copy-text.ts'
import { printed, type TargetColumn, type TargetTable } from './target-table.ts'
import { encodeTextArray } from './text-array.ts'

type Operation = 'insert' | 'update' | 'delete' | 'truncate'

/** One statement for many rows of a table. */
export interface Statement {
  readonly operation: Operation
  readonly table: TargetTable
  readonly text: string
  readonly values: readonly Buffer[]
  /** The rows of a COPY; null for any other statement. */
  readonly copied: Buffer | null
  /** How many rows it must find; null where that is not known. */
  readonly expectedRows: number | null
}

/** A row to be written, with where its key was before. */
export interface KeyedRow {
  /** Holds the key by which the row is found. */
  readonly key: Tuple
  readonly row: Tuple
}

/** Keeps the text of a statement with its table. */
function textOf(table: TargetTable, shape: string, build: () => string): string {
  const known = table.statements.get(shape)
  if (known !== undefined) return known
  const text = build()
  table.statements.set(shape, text)
  return text
}

const columnNames = (count: number) => Array.from({ length: count }, (_, index) => `c${index + 1}`)

/** `count` parameters as rows: u.c1, u.c2, … In a select list, for in FROM each array would be stored on its own. */
function unnest(count: number): string {
  const columns = columnNames(count).map(
    (name, index) => `pg_catalog.unnest($${index + 1}::text[]) as ${name}`,
  )
  return `(select ${columns.join(', ')}) as u`
}

function encodeColumns(rows: readonly Tuple[], columns: readonly TargetColumn[]): Buffer[] {
  return columns.map(({ position }) => encodeTextArray(rows, position))
}

/**
 * COPY costs the target half of what an INSERT does, reads each value as its type does, and takes the values of
 * identity columns as they are.
 */
export function insertStatement(table: TargetTable, rows: readonly Tuple[]): Statement {
  const text = textOf(table, 'insert', () => {
    const names = table.columns.map(({ quotedName }) => quotedName).join(', ')
    return `copy ${table.quotedName} (${names}) from stdin`
  })
  const positions = table.columns.map(({ position }) => position)
  return {
    operation: 'insert',
    table,
    text,
    values: [],
    copied: encodeCopyText(rows, positions),
    expectedRows: rows.length,
  }
}

/** Updates rows whose key stays. All of them leave out the same columns. */
export function updateStatement(
  table: TargetTable,
  key: NonNullable<TargetTable['key']>,
  rows: readonly Tuple[],
  present: readonly TargetColumn[],
): Statement {
  const shape = `update ${present.map(({ position }) => position).join()}`
  const keyColumns = key.map(({ column }) => column)
  const others = present.filter((column) => !keyColumns.includes(column))
  const columns = [...keyColumns, ...others]
  const text = textOf(table, shape, () => {
    const conditions = key.map(({ matches }, index) => matches(`u.c${index + 1}`))
    const assignments: string[] = []
    for (const [index, column] of columns.entries()) {
      const value = `u.c${index + 1}`
      if (keyColumns.includes(column)) continue
      // What no UPDATE may set must not have changed.
      if (column.identityAlways) {
        conditions.push(`${printed([column.quotedName], 't')} = ${printed([`c${index + 1}`], 'u')}`)
      } else assignments.push(`${column.quotedName} = ${column.read(value)}`)
    }
    const [first] = keyColumns
    if (assignments.length === 0 && first !== undefined) {
      // Nothing but the key: the row must still be there.
      return `select from ${table.only} as t, ${unnest(columns.length)} where ${conditions.join(' and ')}`
    }
    return (
      `update ${table.only} as t set ${assignments.join(', ')} ` +
      `from ${unnest(columns.length)} where ${conditions.join(' and ')}`
    )
  })
  return {
    operation: 'update',
    table,
    text,
    values: encodeColumns(rows, columns),
    copied: null,
    expectedRows: rows.length,
  }
}

export function deleteStatement(
  table: TargetTable,
  key: NonNullable<TargetTable['key']>,
  rows: readonly Tuple[],
): Statement {
  const columns = key.map(({ column }) => column)
  const text = textOf(table, 'delete', () => {
    const conditions = key.map(({ matches }, index) => matches(`u.c${index + 1}`))
    return `delete from ${table.only} as t using ${unnest(columns.length)} where ${conditions.join(' and ')}`
  })
  return {
    operation: 'delete',
    table,
    text,
    values: encodeColumns(rows, columns),
    copied: null,
    expectedRows: rows.length,
  }
}

/**
 * Replaces one row by another that may have another key, or another value of GENERATED ALWAYS AS IDENTITY. What the
 * new row leaves out is taken from the old one.
 */
export function moveStatement(
  table: TargetTable,
  key: NonNullable<TargetTable['key']>,
  { key: before, row }: KeyedRow,
  present: readonly TargetColumn[],
): Statement {
  const shape = `move ${present.map(({ position }) => position).join()}`
  const text = textOf(table, shape, () => {
    const conditions = key.map(({ matches }, index) => matches(`u.c${index + 1}`))
    const values = table.columns.map((column) => {
      const index = present.indexOf(column)
      return index === -1 ? `t.${column.quotedName}` : column.read(`u.c${key.length + index + 1}`)
    })
    const aliases = columnNames(values.length).map((name) => `m${name}`)
    const names = table.columns.map(({ quotedName }) => quotedName).join(', ')
    const returning = values.map((value, index) => `${value} as ${aliases[index]}`).join(', ')
    return (
      `with moved as (delete from ${table.only} as t using ${unnest(key.length + present.length)} ` +
      `where ${conditions.join(' and ')} returning ${returning}) ` +
      `insert into ${table.quotedName} (${names}) overriding system value select ${aliases.join(', ')} from moved`
    )
  })
  const keyValues = encodeColumns(
    [before],
    key.map(({ column }) => column),
  )
  return {
    operation: 'update',
    table,
    text,
    values: [...keyValues, ...encodeColumns([row], present)],
    copied: null,
    expectedRows: 1,
  }
}

/**
 * Deletes as many rows as are given, each the same as one of them in all columns. One pass over the table finds
 * them all: rows that are the same are numbered, and as many taken as are to go.
 */
export function deleteSameStatement(table: TargetTable, rows: readonly Tuple[]): Statement {
  const { columns } = table
  const text = textOf(table, 'delete same', () => {
    const given = printed(columnNames(columns.length), 'u')
    const there = printed(
      columns.map(({ quotedName }) => quotedName),
      't',
    )
    const matched = `
        select m.tableoid, m.ctid
          from (select t.tableoid, t.ctid, g.copies,
                       pg_catalog.row_number() over (partition by g.content) as number
                  from ${table.only} as t join gone as g on g.content = ${there}) as m
         where m.number <= m.copies`
    // Going by the place in the file is fastest, but tells rows of several partitions not apart.
    const condition = table.partitioned
      ? `(t.tableoid, t.ctid) in (${matched})`
      : `t.ctid = any (array(select matched.ctid from (${matched}) as matched))`
    return `
      with gone as (
        select ${given} as content, pg_catalog.count(*) as copies from ${unnest(columns.length)} group by 1
      )
      delete from ${table.only} as t where ${condition}`
  })
  return {
    operation: 'delete',
    table,
    text,
    values: encodeColumns(rows, columns),
    copied: null,
    expectedRows: rows.length,
  }
}

export function truncateStatement(
  tables: readonly [TargetTable, ...TargetTable[]],
  options: { readonly cascade: boolean; readonly restartIdentity: boolean },
): Statement {
  const names = tables.map(({ only }) => only).join(', ')
  const identity = options.restartIdentity ? 'restart identity' : 'continue identity'
  const text = `truncate ${names} ${identity} ${options.cascade ? 'cascade' : 'restrict'}`
  return { operation: 'truncate', table: tables[0], text, values: [], copied: null, expectedRows: null }
}
