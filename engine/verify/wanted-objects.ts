import type { QualifiedName } from '../catalog/index.ts'
import type { Session } from '../endpoint/index.ts'
import { quoteQualified } from '../postgres/index.ts'
import type { SelectedObjects } from '../selection/index.ts'
import { type ArgumentType, type NamedObject, readNamedObjects, takenNames } from './named-objects.ts'

/** What the structure of the selection is to create. */
export interface WantedObject extends QualifiedName {
  readonly target: QualifiedName
  /** The names on the target that no other object may have beside it. */
  readonly takes: readonly string[]
}

/** By their names on the source, with those on the target. Tables and sequences are chosen one by one. */
export async function readWantedObjects(
  source: Session,
  selected: SelectedObjects,
): Promise<readonly WantedObject[]> {
  const relations = new Map(
    [...selected.tables, ...selected.sequences].map(({ schema, name, target }) => [
      quoteQualified(schema, name),
      target,
    ]),
  )
  const found = await readNamedObjects(source, selected.schemas)
  return found.flatMap((object) => {
    const target =
      object.type === 'TABLE' || object.type === 'SEQUENCE'
        ? relations.get(quoteQualified(object.schema, object.name))
        : selected.nameOnTarget(object)
    return target === undefined ? [] : [toWanted(object, target, selected)]
  })
}

function toWanted(
  { schema, name, type, argumentTypes }: NamedObject,
  target: QualifiedName,
  selected: SelectedObjects,
): WantedObject {
  const types = argumentTypes.map((argument) => nameArgument(argument, selected))
  return { schema, name, target, takes: takenNames({ ...target, type, argumentTypes: types }) }
}

/** What an extension brings stays where it is. */
function nameArgument(type: ArgumentType, { nameOnTarget }: SelectedObjects): ArgumentType {
  return type.ofExtension ? type : { ...type, ...nameOnTarget(type) }
}

/** An index is in the schema of its table. */
const indexesSql = `
  select x.relname::text as name, i.indrelid::int8::text as "tableOid"
    from pg_catalog.pg_index i
    join pg_catalog.pg_class x on x.oid = i.indexrelid
   where i.indrelid = any($1::oid[])
   order by x.relname`

/** The indexes of the selected tables, which take names of relations. */
export async function readWantedIndexes(
  source: Session,
  { tables }: SelectedObjects,
): Promise<readonly WantedObject[]> {
  const byOid = new Map(tables.map((table) => [String(table.oid), table]))
  const { rows } = await source.query<{ name: string; tableOid: string }>(indexesSql, [[...byOid.keys()]])
  return rows.flatMap(({ name, tableOid }) => {
    const table = byOid.get(tableOid)
    if (table === undefined) return []
    const target = { schema: table.target.schema, name }
    const takes = takenNames({ ...target, type: 'INDEX', argumentTypes: [] })
    return [{ schema: table.schema, name, target, takes }]
  })
}
