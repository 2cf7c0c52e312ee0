import type { CatalogTable } from '../catalog/index.ts'
import type { Session } from '../endpoint/index.ts'
import { quoteQualified } from '../postgres/index.ts'
import type { SelectedObjects } from '../selection/index.ts'

export type TargetColumns = ReadonlyMap<string, { readonly type: string; readonly generated: boolean }>

type Pair = { readonly schema: string; readonly name: string }

/** For `unnest($1::text[], $2::text[])`. */
function namesOf(objects: readonly Pair[]): [string[], string[]] {
  return [objects.map(({ schema }) => schema), objects.map(({ name }) => name)]
}

/** The columns on the target of each table of the source, by its oid there; tables that are missing are left out. */
export async function readTargetColumns(
  target: Session,
  tables: readonly CatalogTable[],
): Promise<ReadonlyMap<number, TargetColumns>> {
  const { rows } = await target.query<{
    schema: string
    name: string
    columns: Record<string, { type: string; generated: boolean }>
  }>(
    // As JSON: attgenerated is missing before 12.
    `select n.nspname::text as schema, c.relname::text as name,
            coalesce(
              json_object_agg(a.attname, json_build_object(
                'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
                'generated', coalesce(pg_catalog.to_jsonb(a) ->> 'attgenerated', '') <> ''
              )) filter (where a.attnum is not null), '{}') as columns
       from pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relkind in ('r', 'p', 'f')
        and (n.nspname, c.relname) in (select * from unnest($1::text[], $2::text[]))
      group by n.nspname, c.relname`,
    namesOf(tables),
  )
  const byName = new Map(
    rows.map(({ schema, name, columns }) => [quoteQualified(schema, name), new Map(Object.entries(columns))]),
  )
  return new Map(
    tables.flatMap(({ oid, schema, name }) => {
      const columns = byName.get(quoteQualified(schema, name))
      return columns === undefined ? [] : [[oid, columns] as const]
    }),
  )
}

/** Tables and sequences of the target that are there, but that the user may not fill. */
export async function findMissingTablePrivileges(
  target: Session,
  { tables, sequences }: SelectedObjects,
): Promise<readonly (Pair & { readonly kind: string })[]> {
  const { rows } = await target.query<Pair & { kind: string }>(
    `select n.nspname::text as schema, c.relname::text as name, c.relkind::text as kind
       from pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where (n.nspname, c.relname) in (select * from unnest($1::text[], $2::text[]))
        and case when c.relkind = 'S'
                 then not (pg_catalog.has_table_privilege(c.oid, 'SELECT')
                       and pg_catalog.has_table_privilege(c.oid, 'UPDATE'))
                 else exists (
                   select from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) as wanted
                    where not pg_catalog.has_table_privilege(c.oid, wanted))
            end
        and c.relkind in ('r', 'p', 'f', 'S')
      order by n.nspname, c.relname`,
    namesOf([...tables, ...sequences]),
  )
  return rows
}

/** So that a statement stays of a size that servers plan quickly. */
const tablesPerQuery = 200

/** Tables of the selection that have rows on the target. What is missing there, or may not be read, is left out. */
export async function findFilledTables(
  target: Session,
  tables: readonly CatalogTable[],
): Promise<readonly CatalogTable[]> {
  const { rows } = await target.query<Pair>(
    `select n.nspname::text as schema, c.relname::text as name
       from pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'f')
        and (n.nspname, c.relname) in (select * from unnest($1::text[], $2::text[]))
        and pg_catalog.has_schema_privilege(n.oid, 'USAGE')
        and pg_catalog.has_table_privilege(c.oid, 'SELECT')`,
    namesOf(tables),
  )
  const readable = new Set(rows.map(({ schema, name }) => quoteQualified(schema, name)))
  const candidates = tables.filter(({ schema, name }) => readable.has(quoteQualified(schema, name)))
  const filled: CatalogTable[] = []
  for (let start = 0; start < candidates.length; start += tablesPerQuery) {
    filled.push(...(await findFilled(target, candidates.slice(start, start + tablesPerQuery))))
  }
  return filled
}

async function findFilled(
  target: Session,
  tables: readonly CatalogTable[],
): Promise<readonly CatalogTable[]> {
  const selects = tables.map(
    ({ oid, schema, name }) =>
      `select ${oid}::oid as oid where exists (select from ${quoteQualified(schema, name)} limit 1)`,
  )
  const { rows } = await target.query<{ oid: number }>(selects.join(' union all '))
  const oids = new Set(rows.map(({ oid }) => oid))
  return tables.filter(({ oid }) => oids.has(oid))
}
