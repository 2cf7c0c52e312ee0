import type pg from 'pg'
import type { QualifiedName } from '../catalog/types.ts'
import { GodwitError } from '../errors.ts'
import { quoteQualified } from '../postgres/index.ts'

/** What the way of loading depends on. */
export interface TargetTable {
  /** Neither partitioned nor foreign. */
  readonly plain: boolean
  /** Foreign keys of other tables point to it: it cannot be truncated by itself. */
  readonly referenced: boolean
  /** `schema.type` of each column, unquoted. */
  readonly typeOfColumn: ReadonlyMap<string, string>
}

const targetTableSql = `
  select c.relkind = 'r' as plain,
         exists (select from pg_catalog.pg_constraint r
                  where r.contype = 'f' and r.confrelid = c.oid and r.conrelid <> c.oid) as referenced,
         (select coalesce(json_object_agg(a.attname, tn.nspname || '.' || t.typname), '{}')
            from pg_catalog.pg_attribute a
            join pg_catalog.pg_type t on t.oid = a.atttypid
            join pg_catalog.pg_namespace tn on tn.oid = t.typnamespace
           where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as types
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'f')`

interface TargetTableRow {
  plain: boolean
  referenced: boolean
  types: Record<string, string>
}

/** @throws GodwitError COPY_FAILED when there is no such table */
export async function readTargetTable(
  client: pg.Client,
  { schema, name }: QualifiedName,
): Promise<TargetTable> {
  const found = await client.query<TargetTableRow>(targetTableSql, [schema, name])
  const row = found.rows[0]
  if (row === undefined) {
    throw new GodwitError('COPY_FAILED', `There is no table ${schema}.${name} on the target.`, {
      remedy: 'Create it on the target, or let the migration move the structure too.',
    })
  }
  const { plain, referenced, types } = row
  return { plain, referenced, typeOfColumn: new Map(Object.entries(types)) }
}

/**
 * The statement that empties the table, in the transaction that loads it or in one before. Only TRUNCATE gives it
 * fresh files, without which FREEZE is refused.
 */
export function emptyTableSql({ schema, name }: QualifiedName, target: TargetTable): string {
  const table = quoteQualified(schema, name)
  if (canTruncate(target)) return `truncate only ${table}`
  return `delete from ${target.plain ? 'only ' : ''}${table}`
}

export function canTruncate(target: TargetTable): boolean {
  return target.plain && !target.referenced
}
