import type { Session } from '../endpoint/index.ts'
import { quoteQualified } from '../postgres/index.ts'
import type { SelectedObjects } from '../selection/index.ts'
import { type NamedObject, readNamedObjects, takenNames } from './named-objects.ts'
import { schemasOnTarget } from './target-names.ts'
import { readWantedObjects } from './wanted-objects.ts'

/** Objects of the target that stand where the structure of the selection is to go. */
export async function findConflicts(
  source: Session,
  target: Session,
  selected: SelectedObjects,
): Promise<readonly NamedObject[]> {
  const wanted = await readWantedObjects(source, selected)
  const taken = new Set(wanted.flatMap(({ takes }) => takes))
  const found = await readNamedObjects(target, schemasOnTarget(selected))
  return found.filter((object) => takenNames(object).some((name) => taken.has(name)))
}

/** What depends on others first, so that little is left for CASCADE. */
const dropOrder = [
  'VIEW',
  'MATERIALIZED VIEW',
  'FOREIGN TABLE',
  'TABLE',
  'SEQUENCE',
  'ROUTINE',
  'DOMAIN',
  'TYPE',
]

/**
 * IF EXISTS, because a CASCADE before may have taken some.
 * @param versionNum of the target: before 11 there is no word for all routines
 */
export function toDropStatements(objects: readonly NamedObject[], versionNum: number): string[] {
  const routine = versionNum >= 110_000 ? 'ROUTINE' : 'FUNCTION'
  return dropOrder.flatMap((type) =>
    objects
      .filter((object) => object.type === type)
      .map(({ schema, name, arguments: types }) => {
        const what = quoteQualified(schema, name)
        return type === 'ROUTINE'
          ? `DROP ${routine} IF EXISTS ${what}(${types}) CASCADE;`
          : `DROP ${type} IF EXISTS ${what} CASCADE;`
      }),
  )
}
