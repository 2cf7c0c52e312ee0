import type pg from 'pg'
import { readRows } from './read-rows.ts'
import type { CatalogColumn, CatalogTable } from './types.ts'
import { userRelationSql } from './user-objects.ts'
import { readVersionNum } from './version.ts'

type ColumnRow = readonly [
  name: string,
  attnum: number,
  typeOid: number,
  typeSchema: string,
  typeName: string,
  formattedType: string,
  notNull: boolean,
  generated: string,
  identity: string,
]

interface TableRow {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly partitioned: boolean
  readonly is_partition: boolean
  readonly logged: boolean
  readonly replica_identity: string
  readonly estimated_rows: number
  readonly size_bytes: string
  readonly key_index: string | null
  readonly key_columns: readonly string[] | null
  readonly columns: readonly ColumnRow[] | null
}

/**
 * One statement, so that tables, keys and columns come from one snapshot. A deferrable constraint's index is no
 * key: the server does not take it as replica identity, and it cannot arbitrate ON CONFLICT.
 * @see https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-REPLICA-IDENTITY
 */
function tablesSql(versionNum: number): string {
  const generated = versionNum >= 120000 ? 'a.attgenerated::text' : `''`
  const keyAttributes = versionNum >= 110000 ? 'i.indnkeyatts' : 'i.indnatts'
  // Before 14, a table that was never analyzed looks like an empty one.
  const estimatedRows =
    versionNum >= 140000
      ? 'c.reltuples'
      : 'case when c.relpages = 0 and c.reltuples = 0 then -1 else c.reltuples end'
  return `
    with t as (
      select c.oid, n.nspname, c.relname, c.relkind, c.relispartition, c.relpersistence, c.relreplident,
             ${estimatedRows} as estimated_rows
        from pg_catalog.pg_class c
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p') and ${userRelationSql}
    ), key_index as (
      select distinct on (i.indrelid) i.indrelid, i.indexrelid, i.indisreplident, i.indkey,
             ${keyAttributes} as key_attributes
        from pg_catalog.pg_index i
        join t on t.oid = i.indrelid
       where i.indisvalid and i.indimmediate
         and (i.indisprimary or (i.indisreplident and t.relreplident = 'i'))
       order by i.indrelid, (i.indisreplident and t.relreplident = 'i') desc
    ), keys as (
      select k.indrelid, x.relname as index_name, k.indisreplident,
             pg_catalog.json_agg(a.attname order by u.position) as columns
        from key_index k
        join pg_catalog.pg_class x on x.oid = k.indexrelid
       cross join lateral pg_catalog.unnest(k.indkey::int2[]) with ordinality as u(attnum, position)
        join pg_catalog.pg_attribute a on a.attrelid = k.indrelid and a.attnum = u.attnum
       where u.position <= k.key_attributes
       group by k.indrelid, x.relname, k.indisreplident
    ), columns as (
      select a.attrelid,
             pg_catalog.json_agg(
               pg_catalog.json_build_array(
                 a.attname, a.attnum, a.atttypid::int8, tn.nspname, ty.typname,
                 pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, ${generated}, a.attidentity::text
               ) order by a.attnum
             ) as columns
        from t
        join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
        join pg_catalog.pg_type ty on ty.oid = a.atttypid
        join pg_catalog.pg_namespace tn on tn.oid = ty.typnamespace
       group by a.attrelid
    )
    select t.oid, t.nspname::text as schema, t.relname::text as name,
           t.relkind = 'p' as partitioned, t.relispartition as is_partition,
           t.relpersistence = 'p' as logged,
           case when t.relreplident = 'i' and k.indisreplident is not true then 'n' else t.relreplident::text end
             as replica_identity,
           t.estimated_rows::float8 as estimated_rows,
           coalesce(pg_catalog.pg_table_size(t.oid), 0)::text as size_bytes,
           k.index_name::text as key_index, k.columns as key_columns, c.columns
      from t
      left join keys k on k.indrelid = t.oid
      left join columns c on c.attrelid = t.oid
     order by t.nspname, t.relname`
}

const replicaIdentities: Readonly<Record<string, CatalogTable['replicaIdentity']>> = {
  d: 'default',
  n: 'nothing',
  f: 'full',
  i: 'index',
}
const generations: Readonly<Record<string, CatalogColumn['generated']>> = { s: 'stored', v: 'virtual' }
const identities: Readonly<Record<string, CatalogColumn['identity']>> = { a: 'always', d: 'by default' }

function toColumn(row: ColumnRow): CatalogColumn {
  const [name, attnum, typeOid, typeSchema, typeName, formattedType, notNull, generated, identity] = row
  return {
    name,
    attnum,
    typeOid,
    typeSchema,
    typeName,
    formattedType,
    notNull,
    generated: generations[generated] ?? null,
    identity: identities[identity] ?? null,
  }
}

function toTable(row: TableRow): CatalogTable {
  return {
    oid: row.oid,
    schema: row.schema,
    name: row.name,
    partitioned: row.partitioned,
    isPartition: row.is_partition,
    logged: row.logged,
    columns: (row.columns ?? []).map(toColumn),
    key:
      row.key_index === null || row.key_columns === null
        ? null
        : { indexName: row.key_index, columns: row.key_columns },
    replicaIdentity: replicaIdentities[row.replica_identity] ?? 'default',
    estimatedRows: row.estimated_rows,
    sizeBytes: BigInt(row.size_bytes),
  }
}

/**
 * Reads the tables of the database's users, ordered by schema and name in the order of the server's bytes:
 * ordinary, partitioned and unlogged ones and partitions; no temporary or foreign tables, none of extensions and
 * none of Godwit's own. A key is the index of the replica identity if one is set, else the primary key; a
 * replica identity whose index was dropped is reported as the 'nothing' that it amounts to.
 *
 * Waits for tables that another session has locked exclusively, as their size is asked for.
 */
export async function readTables(client: pg.Client): Promise<CatalogTable[]> {
  const rows = await readRows<TableRow>(client, 'the tables', tablesSql(await readVersionNum(client)))
  return rows.map(toTable)
}

/** The parent of each partition, by oid. */
export async function readPartitionParents(client: pg.Client): Promise<ReadonlyMap<number, number>> {
  const rows = await readRows<{ child: number; parent: number }>(
    client,
    'the partitions',
    `select i.inhrelid as child, i.inhparent as parent
       from pg_catalog.pg_inherits i
       join pg_catalog.pg_class c on c.oid = i.inhrelid
      where c.relispartition and c.relkind in ('r', 'p')`,
  )
  return new Map(rows.map(({ child, parent }) => [child, parent]))
}
