import { SlackClientError } from '../errors.ts'
import { type JsonObject, objectsOf, shownText, stringOf } from '../json.ts'
import { elementsOf, type PlacedElement } from '../state/input-state.ts'
import type { Message, View } from '../state/model.ts'

/** Where something can be clicked. */
export type Surface = Message | View

/** What is shown on a button or beside an input, an action_id or block_id; or several of these when one is not enough. */
export type Selector =
  | string
  | { readonly text?: string; readonly actionId?: string; readonly blockId?: string; readonly value?: string }

export function isMessage(surface: Surface): surface is Message {
  return 'ts' in surface
}

export function blocksOf(surface: Surface): JsonObject[] {
  if (!isMessage(surface)) return objectsOf(surface.body.blocks)
  return [...surface.blocks, ...surface.attachments.flatMap((attachment) => objectsOf(attachment.blocks))]
}

/**
 * The one element that a person can mean.
 * @throws SlackClientError when there is none, or several; it names what is there
 */
export function findElement(surface: Surface, selector: Selector): PlacedElement {
  const interactive = elementsOf(blocksOf(surface)).filter(({ element }) => element.type !== 'image')
  const found = interactive.filter((placed) => matches(placed, selector))
  const [placed] = found
  if (placed !== undefined && found.length === 1) return placed
  const wanted = typeof selector === 'string' ? `'${selector}'` : JSON.stringify(selector)
  const names = interactive.map((candidate) => `'${nameOf(candidate)}'`).join(', ')
  throw new SlackClientError(
    found.length === 0
      ? `there is no ${wanted} here (any more); there is ${names === '' ? 'nothing to click' : names}`
      : `${wanted} could be any of ${found.length}; say its actionId, blockId or value`,
  )
}

function matches({ block, element }: PlacedElement, selector: Selector): boolean {
  if (typeof selector === 'string')
    return [labelOf(block, element), element.action_id, block.block_id].includes(selector)
  const { text, actionId, blockId, value } = selector
  return (
    (text === undefined || labelOf(block, element) === text) &&
    (actionId === undefined || element.action_id === actionId) &&
    (blockId === undefined || block.block_id === blockId) &&
    (value === undefined || element.value === value)
  )
}

/** What a person calls it: the text of a button, the label of an input, the placeholder of a menu. */
function labelOf(block: JsonObject, element: JsonObject): string {
  if (element.type === 'button') return shownText(element.text)
  return block.type === 'input' ? shownText(block.label) : shownText(element.placeholder)
}

export function nameOf({ block, element }: PlacedElement): string {
  const label = labelOf(block, element)
  return label === '' ? (stringOf(element.action_id) ?? '') : label
}
