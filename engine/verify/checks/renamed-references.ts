import { failed, movesRows, passed, type Check, type SelectionContext } from '../check.ts'
import { listNames } from '../listing.ts'
import { schemaNames } from '../target-names.ts'

/** The text of these names a schema, but no table that could have another name within it. */
const ofSchemasOnly = [
  'regcollation',
  'regconfig',
  'regdictionary',
  'regnamespace',
  'regoper',
  'regproc',
] as const

/**
 * Columns whose values name objects, of themselves or in what they are made of: domains, arrays, ranges, composite
 * types. Multiranges are there since 14. Roles are not renamed.
 */
const columnsSql = `
  with recursive part as (
    select a.attrelid, a.attnum, a.atttypid as type
      from pg_catalog.pg_attribute a
     where a.attrelid = any($1::oid[]) and a.attnum > 0 and not a.attisdropped
       and coalesce(pg_catalog.to_jsonb(a) ->> 'attgenerated', '') = ''
     union
    select p.attrelid, p.attnum, inner_type.oid
      from part p
      join pg_catalog.pg_type t on t.oid = p.type
     cross join lateral (
        select t.typbasetype as oid
         union all
        select t.typelem
         union all
        select f.atttypid
          from pg_catalog.pg_attribute f
         where f.attrelid = t.typrelid and f.attnum > 0 and not f.attisdropped
         union all
        select r.rngsubtype
          from pg_catalog.pg_range r
         where t.oid in (r.rngtypid, (pg_catalog.to_jsonb(r) ->> 'rngmultitypid')::oid)
     ) inner_type
     where inner_type.oid <> 0
  )
  select distinct pg_catalog.format('%s.%s.%s', n.nspname, c.relname, a.attname) as name
    from part p
    join pg_catalog.pg_type t on t.oid = p.type
    join pg_catalog.pg_namespace tn on tn.oid = t.typnamespace
    join pg_catalog.pg_attribute a on a.attrelid = p.attrelid and a.attnum = p.attnum
    join pg_catalog.pg_class c on c.oid = p.attrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where tn.nspname = 'pg_catalog' and t.typname ~ '^reg' and t.typtype = 'b' and t.typelem = 0
     and t.typname not in ('regrole', 'regdatabase') and t.typname <> all($2::text[])
   order by 1`

/**
 * Rows go as text, in which such a value is a name: on the target that of another object, or of none.
 * @see https://www.postgresql.org/docs/current/datatype-oid.html
 */
export const renamedReferences: Check<SelectionContext> = {
  name: 'renamed-references',
  title: 'Values that name objects',
  concerns: (kind, { renames = [] }) => movesRows(kind) && renames.length > 0,
  async run({ source, selected }) {
    const harmless = schemaNames(selected).size === 0 ? ofSchemasOnly : []
    const oids = selected.tables.map(({ oid }) => oid)
    const { rows } = await source.session.query<{ name: string }>(columnsSql, [oids, harmless])
    if (rows.length === 0) return passed('No column holds references to what has another name on the target.')
    return failed(
      `Columns of a type such as regclass, whose values would name what has another name on the target: ${listNames(rows.map(({ name }) => name))}.`,
      {
        remedy:
          'Leave their tables out, let everything keep its name, or change the columns to oid or text on the source.',
      },
    )
  },
}
