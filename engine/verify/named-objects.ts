import { userRelationSql } from '../catalog/user-objects.ts'
import type { Session } from '../endpoint/index.ts'
import { quoteQualified } from '../postgres/index.ts'

/** An object by the name that no second one may have. */
export interface NamedObject {
  readonly schema: string
  readonly name: string
  /** As in DROP: TABLE, VIEW, TYPE, … */
  readonly type: string
  /** Of a routine, as in DROP; else empty. */
  readonly arguments: string
  /** Of a routine; else empty. */
  readonly argumentTypes: readonly ArgumentType[]
}

export interface ArgumentType {
  readonly schema: string
  /** Of an array, that of its elements. */
  readonly name: string
  readonly isArray: boolean
  readonly ofExtension: boolean
}

/** Of an extension, or such as the constructors of a range type. */
function notMadeByOther(catalog: string, oid: string): string {
  return `not exists (
    select from pg_catalog.pg_depend e
     where e.classid = 'pg_catalog.${catalog}'::pg_catalog.regclass and e.objid = ${oid}
       and (e.deptype = 'e' or (e.deptype = 'i' and e.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass)))`
}

/** Of the routine `p`. An array has a name that the server made of that of its elements. */
const argumentTypesSql = `
  coalesce((
    select pg_catalog.json_agg(
             pg_catalog.json_build_object(
               'schema', tn.nspname, 'name', t.typname, 'isArray', t.oid <> a.type,
               'ofExtension', exists (
                 select from pg_catalog.pg_depend e
                  where e.classid = 'pg_catalog.pg_type'::pg_catalog.regclass and e.objid = t.oid
                    and e.deptype = 'e')
             ) order by a.position)
      from unnest(p.proargtypes::oid[]) with ordinality as a(type, position)
      left join pg_catalog.pg_type element on element.typarray = a.type
      join pg_catalog.pg_type t on t.oid = coalesce(element.oid, a.type)
      join pg_catalog.pg_namespace tn on tn.oid = t.typnamespace
  ), '[]')`

/**
 * Relations, types and routines, each without what an extension brings or another object makes. Relations share
 * their names with types. With an empty search_path the types of arguments print with their schema.
 */
const objectsSql = `
  select n.nspname::text as schema, c.relname::text as name,
         case c.relkind when 'v' then 'VIEW' when 'm' then 'MATERIALIZED VIEW' when 'S' then 'SEQUENCE'
                        when 'f' then 'FOREIGN TABLE' else 'TABLE' end as type,
         '' as arguments, '[]'::json as "argumentTypes"
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and n.nspname = any($1::text[]) and ${userRelationSql}
   union all
  select n.nspname::text, t.typname::text, case t.typtype when 'd' then 'DOMAIN' else 'TYPE' end, '', '[]'
    from pg_catalog.pg_type t
    join pg_catalog.pg_namespace n on n.oid = t.typnamespace
    left join pg_catalog.pg_class c on c.oid = t.typrelid
   where (t.typtype in ('e', 'd', 'r') or c.relkind = 'c') and n.nspname = any($1::text[])
     and ${notMadeByOther('pg_type', 't.oid')}
   union all
  select n.nspname::text, p.proname::text, 'ROUTINE',
         coalesce((select string_agg(pg_catalog.format_type(a.type, null), ', ' order by a.position)
                     from unnest(p.proargtypes::oid[]) with ordinality as a(type, position)), ''),
         ${argumentTypesSql}
    from pg_catalog.pg_proc p
    join pg_catalog.pg_namespace n on n.oid = p.pronamespace
   where n.nspname = any($1::text[]) and ${notMadeByOther('pg_proc', 'p.oid')}
   order by 1, 2`

/** All objects with names in schemas of a server that people have made. */
export async function readNamedObjects(
  session: Session,
  schemas: readonly string[],
): Promise<readonly NamedObject[]> {
  return (await session.query<NamedObject>(objectsSql, [schemas])).rows
}

type Named = Pick<NamedObject, 'schema' | 'name' | 'type' | 'argumentTypes'>

/** The names that no other object may have beside this one: a relation is a type, too. */
export function takenNames({ type, schema, name, argumentTypes }: Named): readonly string[] {
  const qualified = quoteQualified(schema, name)
  if (type === 'ROUTINE') return [`routine ${qualified}(${argumentTypes.map(typeName).join(', ')})`]
  if (type === 'INDEX') return [`relation ${qualified}`]
  if (type === 'TYPE' || type === 'DOMAIN') return [`type ${qualified}`]
  return [`relation ${qualified}`, `type ${qualified}`]
}

function typeName({ schema, name, isArray }: ArgumentType): string {
  return `${quoteQualified(schema, name)}${isArray ? '[]' : ''}`
}
