import { failed, passed, renamesStructure, type Check, type SelectionContext } from '../check.ts'
import { listNames } from '../listing.ts'
import { readWantedIndexes, readWantedObjects, type WantedObject } from '../wanted-objects.ts'

/** Schemas that come together on the target may hold views, types, routines or indexes of one name. */
export const renamedObjects: Check<SelectionContext> = {
  name: 'renamed-objects',
  title: 'One name for each object on the target',
  concerns: renamesStructure,
  async run({ source, selected }) {
    const clashes = findClashes([
      ...(await readWantedObjects(source.session, selected)),
      ...(await readWantedIndexes(source.session, selected)),
    ])
    if (clashes.length === 0) return passed('No two objects come to one name.')
    return failed(`More than one object would have the same name: ${listNames(clashes)}.`, {
      remedy:
        'Let their schemas or tables go to other schemas of the target, or rename the objects on the source.',
    })
  },
}

/** For people: `shop.v and archive.v as store.v`. */
function findClashes(objects: readonly WantedObject[]): string[] {
  const first = new Map<string, WantedObject>()
  return objects.flatMap((object) => {
    const other = object.takes.map((name) => first.get(name)).find((found) => found !== undefined)
    for (const name of object.takes) first.set(name, object)
    if (other === undefined) return []
    const { schema, name, target } = object
    return [`${other.schema}.${other.name} and ${schema}.${name} as ${target.schema}.${target.name}`]
  })
}
