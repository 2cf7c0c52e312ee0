import type pg from 'pg'
import { readRows } from './read-rows.ts'
import type { CatalogSequence } from './types.ts'
import { userRelationSql } from './user-objects.ts'

/** Reads the sequences of the database's users, those of serial and identity columns too. */
export async function readSequences(client: pg.Client): Promise<CatalogSequence[]> {
  return await readRows<CatalogSequence & pg.QueryResultRow>(
    client,
    'the sequences',
    `select n.nspname::text as schema, c.relname::text as name
       from pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'S' and ${userRelationSql}
      order by n.nspname, c.relname`,
  )
}

/** That a column of a table draws from a sequence or owns it. */
export interface SequenceUse {
  readonly schema: string
  readonly name: string
  readonly tableOid: number
  /** The column that owns it (OWNED BY, or identity): it goes when the column goes. Null: one only draws from it. */
  readonly ownedBy: string | null
}

/**
 * Reads which tables own sequences and which have them in a column's default. Sequences that are named only
 * inside functions, or as text, are not seen.
 * @see https://www.postgresql.org/docs/current/catalog-pg-depend.html
 */
export async function readSequenceUses(client: pg.Client): Promise<SequenceUse[]> {
  const rows = await readRows<{ schema: string; name: string; table_oid: number; owned_by: string | null }>(
    client,
    'what uses the sequences',
    `select n.nspname::text as schema, c.relname::text as name, u.table_oid, u.owned_by
       from pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       join (
         select d.objid as sequence_oid, d.refobjid as table_oid, o.attname::text as owned_by
           from pg_catalog.pg_depend d
           join pg_catalog.pg_attribute o on o.attrelid = d.refobjid and o.attnum = d.refobjsubid
          where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
            and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
            and d.refobjsubid > 0 and d.deptype in ('a', 'i')
         union
         select d.refobjid, a.adrelid, null
           from pg_catalog.pg_depend d
           join pg_catalog.pg_attrdef a on a.oid = d.objid
          where d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
            and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
       ) u on u.sequence_oid = c.oid
      where c.relkind = 'S' and ${userRelationSql}`,
  )
  return rows.map(({ schema, name, table_oid, owned_by }) => ({
    schema,
    name,
    tableOid: table_oid,
    ownedBy: owned_by,
  }))
}
