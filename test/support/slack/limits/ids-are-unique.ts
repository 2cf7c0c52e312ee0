import { type JsonObject, stringOf } from '../json.ts'
import { elementsOf } from '../state/input-state.ts'
import { type Place, report } from './rules.ts'

/** Each block_id once, and within a block each action_id once. */
export function idsAreUnique(blocks: readonly JsonObject[], place: Place): void {
  for (const blockId of repeated(blocks.map((block) => stringOf(block.block_id))))
    report(place, `block_id \`${blockId}\` already exists`)
  blocks.forEach((block, index) => {
    const actionIds = elementsOf([block]).map(({ element }) => stringOf(element.action_id))
    for (const actionId of repeated(actionIds))
      report(
        { pointer: `${place.pointer}/${index}`, problems: place.problems },
        `action_id \`${actionId}\` already exists`,
      )
  })
}

function repeated(ids: readonly (string | undefined)[]): Set<string> {
  const given = ids.filter((id) => id !== undefined)
  return new Set(given.filter((id, index) => given.indexOf(id) !== index))
}
