import type { QualifiedName } from '../catalog/index.ts'
import type { SelectedObjects } from '../selection/index.ts'

interface Renamable extends QualifiedName {
  readonly target: QualifiedName
}

/** Whether a table or sequence has another name on the target, or is in another schema. */
export function isRenamed({ schema, name, target }: Renamable): boolean {
  return schema !== target.schema || name !== target.name
}

/** The schemas of the target that selected tables and sequences are in. */
export function schemasOfRelations({ tables, sequences }: SelectedObjects): string[] {
  return [...new Set([...tables, ...sequences].map(({ target }) => target.schema))]
}

/** The schemas of the target that anything of the selection is in; but for what extensions bring. */
export function schemasOnTarget(selected: SelectedObjects): string[] {
  const names = schemaNames(selected)
  return [
    ...new Set([
      ...selected.schemas.map((schema) => names.get(schema) ?? schema),
      ...schemasOfRelations(selected),
    ]),
  ]
}

/** What the schemas with another name on the target are called there. */
export function schemaNames({ renames }: SelectedObjects): ReadonlyMap<string, string> {
  return new Map(
    renames.flatMap(({ schema, table, toSchema }) =>
      table === undefined && toSchema !== undefined ? [[schema, toSchema]] : [],
    ),
  )
}
