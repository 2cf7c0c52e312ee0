import type pg from 'pg'
import { readRows } from '../catalog/read-rows.ts'
import { catalogOid } from './object-graph.ts'
import type { StructureEntry } from './parse-dump.ts'

/** The tables that the statements of an entry lock, by their oids on the source. */
export interface EntryLocks {
  /** Not beside anything else on the same table. */
  readonly exclusive: readonly number[]
  /** Beside others of this kind. */
  readonly shared: readonly number[]
  /** Size on the source of the biggest table, for starting with the longest work. */
  readonly pages: number
}

interface ObjectTables {
  readonly class_oid: number
  readonly oid: number
  readonly tables: readonly number[]
  readonly pages: number
}

const objectTablesSql = `
  with object as (
    select ${catalogOid.class} as class_oid, indexrelid as oid, indrelid as table_oid
      from pg_catalog.pg_index where indexrelid = any ($1::oid[])
     union all
    select ${catalogOid.constraint}, oid, conrelid
      from pg_catalog.pg_constraint where conrelid <> 0 and oid = any ($2::oid[])
     union all
    select ${catalogOid.constraint}, oid, confrelid
      from pg_catalog.pg_constraint where confrelid <> 0 and oid = any ($2::oid[])
  )
  select o.class_oid, o.oid, pg_catalog.json_agg(o.table_oid::int8) as tables, max(c.relpages) as pages
    from object o
    join pg_catalog.pg_class c on c.oid = o.table_oid
   group by o.class_oid, o.oid`

/**
 * Reads which tables of the source the indexes and constraints among the entries are on, by the ids of the
 * entries. Statements on a partitioned table lock its partitions too, so what is on a partition counts as shared
 * use of its ancestors.
 */
export async function readLocks(
  client: pg.Client,
  entries: readonly StructureEntry[],
): Promise<ReadonlyMap<number, EntryLocks>> {
  const oidsOf = (classOid: number) =>
    entries.filter((entry) => entry.classOid === classOid).map(({ oid }) => oid)
  const rows = await readRows<ObjectTables>(client, 'the tables of indexes', objectTablesSql, [
    oidsOf(catalogOid.class),
    oidsOf(catalogOid.constraint),
  ])
  const parents = await readRows<{ child: number; parent: number }>(
    client,
    'the partitions',
    'select inhrelid as child, inhparent as parent from pg_catalog.pg_inherits',
  )
  const parentsOf = Map.groupBy(parents, ({ child }) => child)
  const found = new Map(rows.map((row) => [`${row.class_oid}:${row.oid}`, row]))
  return new Map(
    entries.map((entry) => {
      const { tables = [], pages = 0 } = found.get(`${entry.classOid}:${entry.oid}`) ?? {}
      const ancestors = collectAncestors(tables, parentsOf)
      return [entry.id, toLocks(entry, tables, ancestors, pages)]
    }),
  )
}

/** Building an index lets others be built; whatever else an entry says may need the table for itself. */
function toLocks(
  entry: StructureEntry,
  tables: readonly number[],
  ancestors: readonly number[],
  pages: number,
): EntryLocks {
  if (entry.type === 'INDEX' && entry.statements === 1) {
    return { exclusive: [], shared: [...tables, ...ancestors], pages }
  }
  return { exclusive: tables, shared: ancestors, pages }
}

function collectAncestors(
  tables: readonly number[],
  parentsOf: ReadonlyMap<number, readonly { readonly parent: number }[]>,
): number[] {
  const found = new Set<number>()
  const search = (table: number) => {
    for (const { parent } of parentsOf.get(table) ?? []) {
      found.add(parent)
      search(parent)
    }
  }
  for (const table of tables) search(table)
  return [...found]
}
