import type pg from 'pg'
import type { QualifiedName } from '../catalog/types.ts'
import { quoteQualified } from '../postgres/index.ts'

export interface CatalogColumnFacts {
  readonly name: string
  readonly typeSchema: string
  readonly typeName: string
  /** A cast of text to the type would do something else than read the value as the type reads its own output. */
  readonly castDiffers: boolean
  readonly generated: boolean
  readonly identityAlways: boolean
  readonly notNull: boolean
}

export interface EqualityOperator {
  readonly schema: string
  readonly name: string
}

export interface UniqueIndexFacts {
  readonly columns: readonly string[]
  /** By which the index finds its rows, a column each. */
  readonly operators: readonly EqualityOperator[]
}

export interface CatalogFacts {
  readonly partitioned: boolean
  readonly columns: readonly CatalogColumnFacts[]
  /** Those that can tell rows apart at any time; the primary key comes first. */
  readonly uniqueIndexes: readonly UniqueIndexFacts[]
}

/**
 * A cast from text by a function (as xml, name, "char" and regclass have it, and types of users may) is not the
 * type's input function; nor is the one to a domain, which silently cuts what is too long for its base type.
 * An index counts only when it is valid, immediate, of plain columns and of the whole table.
 */
const factsSql = `
  select w.position::int as position, c.relkind = 'p' as partitioned,
         (select pg_catalog.json_agg(pg_catalog.json_build_object(
                   'name', a.attname,
                   'typeSchema', tn.nspname,
                   'typeName', ty.typname,
                   'castDiffers', ty.typarray <> 0 and (ty.typtype = 'd' or exists (
                     select from pg_catalog.pg_cast k
                      where k.castsource = 'pg_catalog.text'::pg_catalog.regtype and k.casttarget = ty.oid
                        and k.castmethod = 'f')),
                   'generated', coalesce(pg_catalog.to_jsonb(a) ->> 'attgenerated', '') <> '',
                   'identityAlways', a.attidentity = 'a',
                   'notNull', a.attnotnull) order by a.attnum)
            from pg_catalog.pg_attribute a
            join pg_catalog.pg_type ty on ty.oid = a.atttypid
            join pg_catalog.pg_namespace tn on tn.oid = ty.typnamespace
           where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
         (select pg_catalog.json_agg(pg_catalog.json_build_object(
                   'columns', x.columns, 'operators', x.operators) order by i.indisprimary desc, i.indexrelid)
            from pg_catalog.pg_index i
            join pg_catalog.pg_class ic on ic.oid = i.indexrelid
            join pg_catalog.pg_am am on am.oid = ic.relam and am.amname = 'btree'
           cross join lateral (
                 select pg_catalog.json_agg(a.attname order by k.position) as columns,
                        pg_catalog.json_agg(pg_catalog.json_build_object(
                          'schema', opn.nspname, 'name', op.oprname) order by k.position) as operators
                   from unnest(i.indkey::int2[], i.indclass::oid[])
                          with ordinality as k (attnum, opclass, position)
                   join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
                   join pg_catalog.pg_opclass oc on oc.oid = k.opclass
                   join pg_catalog.pg_amop ao on ao.amopfamily = oc.opcfamily and ao.amoplefttype = oc.opcintype
                    and ao.amoprighttype = oc.opcintype and ao.amopstrategy = 3
                   join pg_catalog.pg_operator op on op.oid = ao.amopopr
                   join pg_catalog.pg_namespace opn on opn.oid = op.oprnamespace
                  where k.position <= i.indnkeyatts) x
           where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indimmediate
             and i.indpred is null and i.indexprs is null) as indexes
    from unnest($1::text[], $2::text[]) with ordinality as w (schema, name, position)
    join pg_catalog.pg_namespace n on n.nspname = w.schema
    join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = w.name and c.relkind in ('r', 'p')`

interface FactsRow {
  readonly position: number
  readonly partitioned: boolean
  readonly columns: readonly CatalogColumnFacts[] | null
  readonly indexes: readonly UniqueIndexFacts[] | null
}

/** What the target knows of tables; undefined in the place of one that it does not have. */
export async function readTargetFacts(
  target: pg.Client,
  tables: readonly QualifiedName[],
): Promise<readonly (CatalogFacts | undefined)[]> {
  const { rows } = await target.query<FactsRow>(factsSql, [
    tables.map(({ schema }) => schema),
    tables.map(({ name }) => name),
  ])
  const found = new Map(rows.map((row) => [row.position, row]))
  return tables.map((_, index) => {
    const row = found.get(index + 1)
    if (row === undefined) return undefined
    return { partitioned: row.partitioned, columns: row.columns ?? [], uniqueIndexes: row.indexes ?? [] }
  })
}

/** A built-in type as the target prints it; built-in types have the same OIDs everywhere. */
export async function formatType(target: pg.Client, typeOid: number, typeModifier: number): Promise<string> {
  const { rows } = await target.query<{ type: string }>('select pg_catalog.format_type($1, $2) as type', [
    typeOid,
    typeModifier,
  ])
  return rows[0]?.type ?? '???'
}

/** Whether the target has a type of that name. */
export async function hasType(target: pg.Client, { schema, name }: QualifiedName): Promise<boolean> {
  const found = await target.query('select where pg_catalog.to_regtype($1) is not null', [
    quoteQualified(schema, name),
  ])
  return found.rowCount === 1
}
