import type pg from 'pg'
import type { SelectedSequence } from './types.ts'

/** Of the sequences that the column owns on the target, the one of the name, else the only one. */
const targetSequencesSql = `
  select case when owned.number = 0 then named.oid
              else coalesce(owned.of_name, case when w.alone and owned.number = 1 then owned.first end)
         end as oid
    from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[]) with ordinality
         as w (schema, name, table_schema, table_name, column_name, alone, position)
    left join (
      select c.oid, n.nspname, c.relname
        from pg_catalog.pg_class c
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       where c.relkind = 'S'
    ) named on named.nspname = w.schema and named.relname = w.name
   cross join lateral (
      select count(*) as number, min(s.oid) as first, min(s.oid) filter (where s.oid = named.oid) as of_name
        from pg_catalog.pg_class t
        join pg_catalog.pg_namespace n on n.oid = t.relnamespace
        join pg_catalog.pg_attribute a on a.attrelid = t.oid
        join pg_catalog.pg_depend d on d.refobjid = t.oid and d.refobjsubid = a.attnum
        join pg_catalog.pg_class s on s.oid = d.objid and s.relkind = 'S'
       where n.nspname = w.table_schema and t.relname = w.table_name and a.attname = w.column_name
         and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
         and d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.deptype in ('a', 'i')
   ) owned
   order by w.position`

/**
 * The oids on the target, in the order of `sequences`. Where people have made the tables, what a column owns goes by
 * the column: the server named it after the table, and so another sequence may have the name. Null: none can be it.
 */
export async function findTargetSequences(
  target: pg.Client,
  sequences: readonly SelectedSequence[],
): Promise<readonly (number | null)[]> {
  const { rows } = await target.query<{ oid: number | null }>(targetSequencesSql, [
    sequences.map((sequence) => sequence.target.schema),
    sequences.map((sequence) => sequence.target.name),
    sequences.map(({ owner }) => owner?.table.schema ?? null),
    sequences.map(({ owner }) => owner?.table.name ?? null),
    sequences.map(({ owner }) => owner?.column ?? null),
    sequences.map(({ owner }) => owner?.alone ?? false),
  ])
  return rows.map(({ oid }) => oid)
}
