import pg from 'pg'
import { quoteQualified } from '../../../engine/index.ts'
import type { TestDatabase } from '../../support/servers.ts'

/** As the server prints them: nothing between its output functions and the test. */
const unparsed: pg.CustomTypesConfig = { getTypeParser: () => (text: string) => text }

/** Every value of every table, printed, row by row; tables that have no such rows come with an empty list. */
export async function readPrintedRows(database: TestDatabase): Promise<Map<string, string[]>> {
  const client = await database.connect({
    options: '-c search_path= -c TimeZone=UTC -c extra_float_digits=3',
    types: unparsed,
  })
  const tables = await client.query<{ schema: string; name: string }>(
    `select n.nspname as schema, c.relname as name
       from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'godwit')
      order by 1, 2`,
  )
  const printed = new Map<string, string[]>()
  for (const { schema, name } of tables.rows) {
    const { rows } = await client.query<unknown[]>({
      text: `select * from ${quoteQualified(schema, name)}`,
      rowMode: 'array',
    })
    printed.set(`${schema}.${name}`, rows.map((row) => JSON.stringify(row)).sort())
  }
  return printed
}

/** The first difference of two printed databases, short enough to read; null when there is none. */
export function firstDifference(source: Map<string, string[]>, target: Map<string, string[]>): string | null {
  for (const name of new Set([...source.keys(), ...target.keys()])) {
    const [inSource, inTarget] = [source.get(name) ?? [], target.get(name) ?? []]
    const length = Math.max(inSource.length, inTarget.length)
    for (let index = 0; index < length; index += 1) {
      const [left, right] = [inSource[index], inTarget[index]]
      if (left !== right) return `${name}: ${left?.slice(0, 300)} became ${right?.slice(0, 300)}`
    }
  }
  return null
}
