import { userRelationSql } from '../catalog/user-objects.ts'
import type { Session } from '../endpoint/index.ts'
import type { SelectedObjects } from '../selection/index.ts'

/** Names in quotes, and constants with their type if this is regclass or one of its kind, or an array of such. */
const literals = `"(?:[^"]|"")*"|'(?:[^']|'')*'(?:::reg[a-z]+(?:\\[\\])?)?`

/** Tables are chosen one by one ($1), views go with their schemas ($2). */
const relationsSql = `
  select c.oid, c.relkind, n.nspname, c.relname
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where (c.oid = any($1::oid[]) or (c.relkind in ('v', 'm', 'f') and n.nspname = any($2::text[])))
     and ${userRelationSql}`

/** As the server prints them. */
const definitionsSql = `
  select 'default' as noun, pg_catalog.format('%s.%s.%s', r.nspname, r.relname, a.attname) as name,
         pg_catalog.pg_get_expr(d.adbin, d.adrelid) as definition
    from relation r
    join pg_catalog.pg_attrdef d on d.adrelid = r.oid
    join pg_catalog.pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
   union all
  select 'trigger', pg_catalog.format('%s of %s.%s', t.tgname, r.nspname, r.relname),
         pg_catalog.pg_get_triggerdef(t.oid)
    from relation r
    join pg_catalog.pg_trigger t on t.tgrelid = r.oid and not t.tgisinternal
   union all
  select 'view', pg_catalog.format('%s.%s', r.nspname, r.relname), pg_catalog.pg_get_viewdef(r.oid)
    from relation r
   where r.relkind in ('v', 'm')
   union all
  select 'constraint', pg_catalog.format('%s of %s.%s', k.conname, r.nspname, r.relname),
         pg_catalog.pg_get_constraintdef(k.oid)
    from relation r
    join pg_catalog.pg_constraint k on k.conrelid = r.oid and k.contype = 'c'
   union all
  select 'policy expression', pg_catalog.format('%s of %s.%s', p.polname, r.nspname, r.relname),
         pg_catalog.concat_ws('; ', pg_catalog.pg_get_expr(p.polqual, p.polrelid),
                              pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid))
    from relation r
    join pg_catalog.pg_policy p on p.polrelid = r.oid
   union all
  select 'domain', pg_catalog.format('%s.%s', n.nspname, t.typname), pg_catalog.pg_get_constraintdef(k.oid)
    from pg_catalog.pg_constraint k
    join pg_catalog.pg_type t on t.oid = k.contypid
    join pg_catalog.pg_namespace n on n.oid = t.typnamespace
   where k.contype = 'c' and n.nspname = any($2::text[])
     and not exists (
       select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_type'::pg_catalog.regclass and e.objid = t.oid and e.deptype = 'e')`

/** Constants of regclass and its kind are no text to the server, but arrays of them are to the structure. */
const constantsSql = `
  with relation as (${relationsSql})
  select distinct d.noun, d.name
    from (${definitionsSql}) d
   where exists (
     select from pg_catalog.regexp_matches(d.definition, $4, 'g') as m(found)
      where found[1] like '''%' and found[1] !~ '::reg[a-z]+$' and found[1] ~ any($3::text[]))
   order by d.noun, d.name`

/** What has constants that match a pattern, with a noun for what it is. Names of objects themselves are none. */
export async function findConstants(
  source: Session,
  { tables, schemas }: SelectedObjects,
  patterns: readonly string[],
): Promise<readonly { readonly noun: string; readonly name: string }[]> {
  const parameters = [tables.map(({ oid }) => oid), schemas, patterns, literals]
  return (await source.query<{ noun: string; name: string }>(constantsSql, parameters)).rows
}
