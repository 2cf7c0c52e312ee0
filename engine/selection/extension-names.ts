import type pg from 'pg'
import { catalogsOfNames } from '../catalog/names.ts'
import { readRows } from '../catalog/read-rows.ts'

/** Two objects of one schema and name, as people know them: `function shop.same(integer)`. */
export interface SharedName {
  readonly own: string
  readonly ofExtension: string
  readonly extension: string
}

const objectsSql = catalogsOfNames
  .map(
    ({ catalog, name, namespace }) => `
    select 'pg_catalog.${catalog}'::pg_catalog.regclass as class, o.oid, o.${namespace} as namespace, o.${name} as name
      from pg_catalog.${catalog} o
      join pg_catalog.pg_namespace n on n.oid = o.${namespace}
     where n.nspname = any($1::text[])`,
  )
  .join('\n     union all')

/** What another object brings, such as the type of a table's rows, is of the one or the other as that is. */
const sharedSql = `
  with object as (${objectsSql}
  ), member as (
    select o.*, x.extname::text as extension
      from object o
      join pg_catalog.pg_depend d on d.classid = o.class and d.objid = o.oid and d.deptype = 'e'
      join pg_catalog.pg_extension x on x.oid = d.refobjid
  ), own as (
    select o.*
      from object o
     where not exists (select from pg_catalog.pg_depend d
                        where d.classid = o.class and d.objid = o.oid and d.deptype in ('e', 'i'))
  )
  select distinct on (1) pg_catalog.pg_describe_object(own.class, own.oid, 0) as own,
         pg_catalog.pg_describe_object(member.class, member.oid, 0) as "ofExtension", member.extension
    from own
    join member on member.namespace = own.namespace and member.name = own.name
   order by 1, 2`

/**
 * What people have made in schemas that get another name, with a name that something of an extension has there, too:
 * overloaded functions and operators above all. The extension stays where it is, and a dump tells the two apart by
 * nothing but their arguments.
 * @param schemas that have another name on the target
 */
export async function readNamesOfExtensions(
  source: pg.Client,
  schemas: readonly string[],
): Promise<readonly SharedName[]> {
  return await readRows<SharedName & pg.QueryResultRow>(
    source,
    'what has the names of what extensions bring',
    sharedSql,
    [schemas],
  )
}
