import { userRelationSql } from '../catalog/user-objects.ts'
import type { Session } from '../endpoint/index.ts'
import { quoteQualified } from '../postgres/index.ts'
import type { SelectedObjects } from '../selection/index.ts'

/** An object by the name that no second one may have. */
export interface NamedObject {
  readonly schema: string
  readonly name: string
  /** As in DROP: TABLE, VIEW, TYPE, … */
  readonly type: string
  /** Of a routine: the types of its arguments; else empty. */
  readonly arguments: string
}

/** Of an extension, or such as the constructors of a range type. */
function notMadeByOther(catalog: string, oid: string): string {
  return `not exists (
    select from pg_catalog.pg_depend e
     where e.classid = 'pg_catalog.${catalog}'::pg_catalog.regclass and e.objid = ${oid}
       and (e.deptype = 'e' or (e.deptype = 'i' and e.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass)))`
}

/**
 * Relations, types and routines, each without what an extension brings or another object makes. Relations share
 * their names with types. With an empty search_path the types of arguments print with their schema.
 */
const objectsSql = `
  select n.nspname::text as schema, c.relname::text as name, '' as arguments,
         case c.relkind when 'v' then 'VIEW' when 'm' then 'MATERIALIZED VIEW' when 'S' then 'SEQUENCE'
                        when 'f' then 'FOREIGN TABLE' else 'TABLE' end as type
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and n.nspname = any($1::text[]) and ${userRelationSql}
   union all
  select n.nspname::text, t.typname::text, '', case t.typtype when 'd' then 'DOMAIN' else 'TYPE' end
    from pg_catalog.pg_type t
    join pg_catalog.pg_namespace n on n.oid = t.typnamespace
    left join pg_catalog.pg_class c on c.oid = t.typrelid
   where (t.typtype in ('e', 'd', 'r') or c.relkind = 'c') and n.nspname = any($1::text[])
     and ${notMadeByOther('pg_type', 't.oid')}
   union all
  select n.nspname::text, p.proname::text,
         coalesce((select string_agg(pg_catalog.format_type(a.type, null), ', ' order by a.position)
                     from unnest(p.proargtypes::oid[]) with ordinality as a(type, position)), ''), 'ROUTINE'
    from pg_catalog.pg_proc p
    join pg_catalog.pg_namespace n on n.oid = p.pronamespace
   where n.nspname = any($1::text[]) and ${notMadeByOther('pg_proc', 'p.oid')}
   order by 1, 2`

/** Objects of the target that stand where the structure of the selection is to go. */
export async function findConflicts(
  source: Session,
  target: Session,
  selected: SelectedObjects,
): Promise<readonly NamedObject[]> {
  const wanted = await source.query<NamedObject>(objectsSql, [selected.schemas])
  const relations = new Set(
    [...selected.tables, ...selected.sequences].map(({ schema, name }) => quoteQualified(schema, name)),
  )
  const names = new Set(wanted.rows.filter((object) => isCreated(object, relations)).map(nameOf))
  const found = await target.query<NamedObject>(objectsSql, [selected.schemas])
  return found.rows.filter((object) => names.has(nameOf(object)))
}

/** Tables and sequences are chosen one by one; all else goes with its schema. */
function isCreated({ type, schema, name }: NamedObject, relations: ReadonlySet<string>): boolean {
  return (type !== 'TABLE' && type !== 'SEQUENCE') || relations.has(quoteQualified(schema, name))
}

function nameOf({ type, schema, name, arguments: types }: NamedObject): string {
  return `${type === 'ROUTINE' ? 'routine' : 'relation or type'} ${quoteQualified(schema, name)} ${types}`
}

/** What depends on others first, so that little is left for CASCADE. */
const dropOrder = [
  'VIEW',
  'MATERIALIZED VIEW',
  'FOREIGN TABLE',
  'TABLE',
  'SEQUENCE',
  'ROUTINE',
  'DOMAIN',
  'TYPE',
]

/**
 * IF EXISTS, because a CASCADE before may have taken some.
 * @param versionNum of the target: before 11 there is no word for all routines
 */
export function toDropStatements(objects: readonly NamedObject[], versionNum: number): string[] {
  const routine = versionNum >= 110_000 ? 'ROUTINE' : 'FUNCTION'
  return dropOrder.flatMap((type) =>
    objects
      .filter((object) => object.type === type)
      .map(({ schema, name, arguments: types }) => {
        const what = quoteQualified(schema, name)
        return type === 'ROUTINE'
          ? `DROP ${routine} IF EXISTS ${what}(${types}) CASCADE;`
          : `DROP ${type} IF EXISTS ${what} CASCADE;`
      }),
  )
}
