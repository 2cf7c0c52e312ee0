import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql'
import { GodwitError } from '../../engine/index.ts'

/**
 * Refuses a document whose fields nest too deep, through fragments too. Each fragment is measured once, so that
 * fragments which spread each other many times cost no more than their text.
 * @throws GodwitError QUERY_TOO_DEEP
 */
export function assertDepth(document: DocumentNode, maxDepth: number): void {
  const measure = createDepthMeter(document)
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue
    const depth = measure(definition.selectionSet)
    if (depth > maxDepth) {
      throw new GodwitError('QUERY_TOO_DEEP', `The query nests ${depth} fields; at most ${maxDepth} may.`)
    }
  }
}

function createDepthMeter(document: DocumentNode): (selectionSet: SelectionSetNode) => number {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  }
  const depths = new Map<string, number>()

  const measureFragment = (name: string): number => {
    const known = depths.get(name)
    if (known !== undefined) return known
    // A fragment that spreads itself ends here; the rules of GraphQL refuse it afterwards.
    depths.set(name, 0)
    const fragment = fragments.get(name)
    const depth = fragment === undefined ? 0 : measure(fragment.selectionSet)
    depths.set(name, depth)
    return depth
  }
  const measure = (selectionSet: SelectionSetNode): number =>
    selectionSet.selections.reduce((deepest, selection) => {
      switch (selection.kind) {
        case Kind.FIELD:
          return Math.max(deepest, 1 + (selection.selectionSet ? measure(selection.selectionSet) : 0))
        case Kind.INLINE_FRAGMENT:
          return Math.max(deepest, measure(selection.selectionSet))
        case Kind.FRAGMENT_SPREAD:
          return Math.max(deepest, measureFragment(selection.name.value))
        default:
          return selection satisfies never
      }
    }, 0)
  return measure
}
