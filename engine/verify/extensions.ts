import type { Session } from '../endpoint/index.ts'
import type { SelectedObjects } from '../selection/index.ts'

/** An extension of the source. */
export interface SourceExtension {
  readonly name: string
  readonly schema: string
  /** Something in the selected schemas depends on it; else the whole database is selected, and it with it. */
  readonly needed: boolean
}

/** An extension that the server of the target has files of. */
export interface OfferedExtension {
  readonly name: string
  /** Null: not created in the database. */
  readonly schema: string | null
  readonly may_create: boolean
}

/**
 * Extensions whose types, functions, operators or access methods are used in the selected schemas, by what the
 * server knows of: not in the text of functions.
 */
const usedExtensionsSql = `
  with member as (
    select d.classid, d.objid, d.refobjid as extension
      from pg_catalog.pg_depend d
     where d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass and d.deptype = 'e'
  ), part as (
    select * from member
     union all
    select m.classid, t.typarray, m.extension
      from member m
      join pg_catalog.pg_type t on t.oid = m.objid and t.typarray <> 0
     where m.classid = 'pg_catalog.pg_type'::pg_catalog.regclass
  ), used as (
    select distinct p.extension
      from part p
      join pg_catalog.pg_depend d on d.refclassid = p.classid and d.refobjid = p.objid and d.deptype <> 'e'
      left join pg_catalog.pg_attrdef ad
        on d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass and ad.oid = d.objid
      left join pg_catalog.pg_trigger tg
        on d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass and tg.oid = d.objid
      left join pg_catalog.pg_rewrite rw
        on d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and rw.oid = d.objid
      left join pg_catalog.pg_class c on c.oid = coalesce(ad.adrelid, tg.tgrelid, rw.ev_class)
      left join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where not exists (select from member own where own.classid = d.classid and own.objid = d.objid)
       and coalesce(n.nspname, (pg_catalog.pg_identify_object(d.classid, d.objid, 0)).schema) = any($1::text[])
  )
  select e.extname::text as name, n.nspname::text as schema,
         e.oid in (select extension from used) as needed
    from pg_catalog.pg_extension e
    join pg_catalog.pg_namespace n on n.oid = e.extnamespace
   where e.extname <> 'plpgsql' and ($2 or e.oid in (select extension from used))
   order by e.extname`

/** A trusted extension needs only CREATE on the database; before 13 there were none. */
const offeredExtensionsSql = `
  select a.name::text as name, n.nspname::text as schema,
         (select rolsuper from pg_catalog.pg_roles where rolname = current_user)
         or (pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')
             and exists (select from pg_catalog.pg_available_extension_versions v
                          where v.name = a.name and v.version = a.default_version
                            and coalesce((pg_catalog.to_jsonb(v) ->> 'trusted')::bool, false))) as may_create
    from pg_catalog.pg_available_extensions a
    left join pg_catalog.pg_extension e on e.extname = a.name
    left join pg_catalog.pg_namespace n on n.oid = e.extnamespace
   where a.name = any($1::text[])`

/** The extensions that go with the selection, but for plpgsql, which is everywhere. */
export async function readExtensions(
  source: Session,
  { schemas, whole }: SelectedObjects,
): Promise<readonly SourceExtension[]> {
  return (await source.query<SourceExtension>(usedExtensionsSql, [schemas, whole])).rows
}

/** Which of them the target has or could have, by name. */
export async function readOffered(
  target: Session,
  extensions: readonly SourceExtension[],
): Promise<ReadonlyMap<string, OfferedExtension>> {
  const names = extensions.map(({ name }) => name)
  const { rows } = await target.query<OfferedExtension>(offeredExtensionsSql, [names])
  return new Map(rows.map((extension) => [extension.name, extension]))
}
