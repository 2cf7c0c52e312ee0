import type pg from 'pg'
import type { QualifiedName } from '../catalog/index.ts'
import { catalogsOfNames } from '../catalog/names.ts'
import { readRows } from '../catalog/read-rows.ts'
import { GodwitError } from '../errors.ts'
import { quoteQualified } from '../postgres/index.ts'
import { readNamesOfExtensions, type SelectedObjects } from '../selection/index.ts'
import type { TargetNames } from './rename-sql.ts'

/** The type of a table's rows has the name of the table, which may be of an extension without its type being so. */
const isNamed: Readonly<Record<string, string>> = {
  pg_class: `o.relkind <> 'c'`,
  pg_type: `(o.typrelid = 0 or exists (select from pg_catalog.pg_class c where c.oid = o.typrelid and c.relkind = 'c'))`,
}

/** What an extension brings stays in the schema of the extension. */
const ownObjectsSql = catalogsOfNames
  .map(
    ({ catalog, name, namespace }) => `
  select n.nspname::text as schema, o.${name}::text as name
    from pg_catalog.${catalog} o
    join pg_catalog.pg_namespace n on n.oid = o.${namespace}
   where n.nspname = any ($1::text[]) and ${isNamed[catalog] ?? 'true'}
     and not exists (select from pg_catalog.pg_depend e
                      where e.classid = 'pg_catalog.${catalog}'::pg_catalog.regclass and e.objid = o.oid
                        and e.deptype = 'e')`,
  )
  .join('\n union\n')

/** An index is in the schema of its table. */
const indexesSql = `
  select n.nspname::text as schema, x.relname::text as name, i.indrelid as table_oid
    from pg_catalog.pg_index i
    join pg_catalog.pg_class x on x.oid = i.indexrelid
    join pg_catalog.pg_namespace n on n.oid = x.relnamespace
   where i.indrelid = any ($1::oid[])`

/**
 * What goes to the target under another name.
 * @throws GodwitError STRUCTURE_FAILED where something of an extension has the name of what is renamed
 */
export async function readTargetNames(source: pg.Client, selected: SelectedObjects): Promise<TargetNames> {
  const schemas = new Map(
    selected.renames.flatMap(({ schema, table, toSchema }) =>
      table === undefined && toSchema !== undefined ? [[schema, toSchema]] : [],
    ),
  )
  await assertTold(source, [...schemas.keys()])
  const objects = await readRows<QualifiedName & pg.QueryResultRow>(
    source,
    'what is in schemas that are renamed',
    ownObjectsSql,
    [[...schemas.keys()]],
  )
  const named: readonly (QualifiedName & { readonly target: QualifiedName })[] = [
    ...objects.map((object) => ({ ...object, target: selected.nameOnTarget(object) })),
    ...selected.tables,
    ...selected.sequences,
    ...(await readIndexes(source, selected)),
  ]
  const targets = new Map(named.map(({ schema, name, target }) => [quoteQualified(schema, name), target]))
  return {
    ofObject: (object) => targets.get(quoteQualified(object.schema, object.name)) ?? object,
    ofSchema: (schema) => schemas.get(schema) ?? schema,
  }
}

/** Verify fails on it, too; but that may be long ago. */
async function assertTold(source: pg.Client, schemas: readonly string[]): Promise<void> {
  const [shared] = await readNamesOfExtensions(source, schemas)
  if (shared === undefined) return
  const { own, ofExtension, extension } = shared
  throw new GodwitError(
    'STRUCTURE_FAILED',
    `${own} is renamed with its schema, and cannot be told from ${ofExtension} of the extension ${extension}, which is not.`,
    {
      remedy:
        'Rename what is yours on the source, or move the extension into another schema there; then retry.',
    },
  )
}

async function readIndexes(source: pg.Client, { tables }: SelectedObjects) {
  const byOid = new Map(tables.map((table) => [table.oid, table]))
  const moved = tables.filter(({ schema, target }) => target.schema !== schema)
  const indexes = await readRows<QualifiedName & { table_oid: number }>(
    source,
    'the indexes of tables that are renamed',
    indexesSql,
    [moved.map(({ oid }) => oid)],
  )
  return indexes.flatMap(({ schema, name, table_oid: tableOid }) => {
    const table = byOid.get(tableOid)
    return table === undefined ? [] : [{ schema, name, target: { schema: table.target.schema, name } }]
  })
}
