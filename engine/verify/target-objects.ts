import type { QualifiedName } from '../catalog/index.ts'
import type { Session } from '../endpoint/index.ts'
import { quoteQualified } from '../postgres/index.ts'
import { findTargetSequences, type SelectedObjects, type SelectedTable } from '../selection/index.ts'

export interface TargetColumn {
  /** As format_type prints it, type modifier included. */
  readonly type: string
  readonly typeSchema: string
  readonly typeName: string
  readonly generated: boolean
}

export type TargetColumns = ReadonlyMap<string, TargetColumn>

/** What they are called on the target, for `unnest($1::text[], $2::text[])`. */
function namesOf(objects: readonly { readonly target: QualifiedName }[]): [string[], string[]] {
  return [objects.map(({ target }) => target.schema), objects.map(({ target }) => target.name)]
}

/** The columns on the target of each table of the source, by its oid there; tables that are missing are left out. */
export async function readTargetColumns(
  target: Session,
  tables: readonly SelectedTable[],
): Promise<ReadonlyMap<number, TargetColumns>> {
  const { rows } = await target.query<{
    schema: string
    name: string
    columns: Record<string, TargetColumn>
  }>(
    // As JSON: attgenerated is missing before 12.
    `select n.nspname::text as schema, c.relname::text as name,
            coalesce(
              json_object_agg(a.attname, json_build_object(
                'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
                'typeSchema', tn.nspname, 'typeName', t.typname,
                'generated', coalesce(pg_catalog.to_jsonb(a) ->> 'attgenerated', '') <> ''
              )) filter (where a.attnum is not null), '{}') as columns
       from pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       left join pg_catalog.pg_type t on t.oid = a.atttypid
       left join pg_catalog.pg_namespace tn on tn.oid = t.typnamespace
      where c.relkind in ('r', 'p', 'f')
        and (n.nspname, c.relname) in (select * from unnest($1::text[], $2::text[]))
      group by n.nspname, c.relname`,
    namesOf(tables),
  )
  const byName = new Map(
    rows.map(({ schema, name, columns }) => [quoteQualified(schema, name), new Map(Object.entries(columns))]),
  )
  return new Map(
    tables.flatMap(({ oid, target }) => {
      const columns = byName.get(quoteQualified(target.schema, target.name))
      return columns === undefined ? [] : [[oid, columns] as const]
    }),
  )
}

/** Tables and sequences of the target that are there, but that the user may not fill. */
export async function findMissingTablePrivileges(
  target: Session,
  { tables, sequences }: SelectedObjects,
): Promise<readonly (QualifiedName & { readonly kind: string })[]> {
  const { rows } = await target.query<QualifiedName & { readonly kind: string }>(
    `select n.nspname::text as schema, c.relname::text as name, c.relkind::text as kind
       from pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where ((n.nspname, c.relname) in (select * from unnest($1::text[], $2::text[]))
              and c.relkind in ('r', 'p', 'f') or c.oid = any($3::oid[]))
        and case when c.relkind = 'S'
                 then not (pg_catalog.has_table_privilege(c.oid, 'SELECT')
                       and pg_catalog.has_table_privilege(c.oid, 'UPDATE'))
                 else exists (
                   select from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) as wanted
                    where not pg_catalog.has_table_privilege(c.oid, wanted))
            end
      order by n.nspname, c.relname`,
    [...namesOf(tables), (await findTargetSequences(target, sequences)).filter((oid) => oid !== null)],
  )
  return rows
}

/** So that a statement stays of a size that servers plan quickly. */
const tablesPerQuery = 200

/** Tables of the target that the selection goes to and that have rows. What may not be read is left out. */
export async function findFilledTables(
  target: Session,
  tables: readonly SelectedTable[],
): Promise<readonly QualifiedName[]> {
  const { rows } = await target.query<QualifiedName>(
    `select n.nspname::text as schema, c.relname::text as name
       from pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'f')
        and (n.nspname, c.relname) in (select * from unnest($1::text[], $2::text[]))
        and pg_catalog.has_schema_privilege(n.oid, 'USAGE')
        and pg_catalog.has_table_privilege(c.oid, 'SELECT')
      order by n.nspname, c.relname`,
    namesOf(tables),
  )
  const filled: QualifiedName[] = []
  for (let start = 0; start < rows.length; start += tablesPerQuery) {
    filled.push(...(await findFilled(target, rows.slice(start, start + tablesPerQuery))))
  }
  return filled
}

async function findFilled(
  target: Session,
  tables: readonly QualifiedName[],
): Promise<readonly QualifiedName[]> {
  const selects = tables.map(
    ({ schema, name }, position) =>
      `select ${position} as position where exists (select from ${quoteQualified(schema, name)} limit 1)`,
  )
  const { rows } = await target.query<{ position: number }>(selects.join(' union all '))
  const positions = new Set(rows.map(({ position }) => position))
  return tables.filter((_, position) => positions.has(position))
}
