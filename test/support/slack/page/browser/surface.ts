import type { JsonObject } from '../../json.ts'
import { asText } from '../../json.ts'
import type { At, On, ShownView } from '../wire.ts'
import type { State } from './state.ts'

/** What blocks stand on: a message, a modal, the App Home. */
export interface Surface {
  readonly state: State
  readonly on: On
  /** Of a modal or App Home: what was entered, and what is wrong with it. */
  readonly view?: ShownView
  /** Tells the person that something did not work. */
  readonly tell: (error: string) => void
}

/** An interactive element where it stands. */
export interface Placed {
  readonly surface: Surface
  readonly block: JsonObject
  readonly element: JsonObject
}

export function atOf({ block, element }: Placed): At {
  return { blockId: asText(block.block_id), actionId: asText(element.action_id) }
}

/** By which the focus finds an element again after it was drawn anew. */
export function focusName(placed: Placed): string {
  const { blockId, actionId } = atOf(placed)
  return `${blockId} ${actionId}`
}

/** What was entered so far, as in `state.values`. */
export function enteredIn(placed: Placed): JsonObject | undefined {
  const { blockId, actionId } = atOf(placed)
  return placed.surface.view?.state[blockId]?.[actionId]
}

/** Whether the app hears of it at once: everything but an input that waits for the modal to be submitted. */
export function isDispatched({ block }: Placed): boolean {
  return block.type !== 'input' || block.dispatch_action === true
}
