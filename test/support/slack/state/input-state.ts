import { isObject, type Json, type JsonObject, objectsOf, stringOf } from '../json.ts'
import type { InputState } from './model.ts'

/** Which field of `state.values` a kind of element fills, and from which of its properties it starts. */
const stateFields: Readonly<Record<string, { field: string; initial: string; empty: Json }>> = {
  plain_text_input: { field: 'value', initial: 'initial_value', empty: null },
  number_input: { field: 'value', initial: 'initial_value', empty: null },
  email_text_input: { field: 'value', initial: 'initial_value', empty: null },
  url_text_input: { field: 'value', initial: 'initial_value', empty: null },
  static_select: { field: 'selected_option', initial: 'initial_option', empty: null },
  external_select: { field: 'selected_option', initial: 'initial_option', empty: null },
  radio_buttons: { field: 'selected_option', initial: 'initial_option', empty: null },
  checkboxes: { field: 'selected_options', initial: 'initial_options', empty: [] },
  multi_static_select: { field: 'selected_options', initial: 'initial_options', empty: [] },
  multi_external_select: { field: 'selected_options', initial: 'initial_options', empty: [] },
  users_select: { field: 'selected_user', initial: 'initial_user', empty: null },
  multi_users_select: { field: 'selected_users', initial: 'initial_users', empty: [] },
  conversations_select: { field: 'selected_conversation', initial: 'initial_conversation', empty: null },
  channels_select: { field: 'selected_channel', initial: 'initial_channel', empty: null },
  datepicker: { field: 'selected_date', initial: 'initial_date', empty: null },
  timepicker: { field: 'selected_time', initial: 'initial_time', empty: null },
  datetimepicker: { field: 'selected_date_time', initial: 'initial_date_time', empty: null },
}

/** The field that an element fills in, for example `selected_option`; none for a button. */
export function stateFieldOf(element: JsonObject): string | undefined {
  // What is chosen in an overflow menu is not kept: it has no state.
  if (element.type === 'overflow') return 'selected_option'
  return stateFields[stringOf(element.type) ?? '']?.field
}

/** An element with its block, wherever it stands. */
export interface PlacedElement {
  readonly block: JsonObject
  readonly element: JsonObject
}

/** The interactive elements of blocks, in the order in which they are shown. */
export function elementsOf(blocks: readonly JsonObject[]): PlacedElement[] {
  return blocks.flatMap((block) => {
    if (block.type === 'actions') return objectsOf(block.elements).map((element) => ({ block, element }))
    const single = block.type === 'section' ? block.accessory : block.element
    return isObject(single) ? [{ block, element: single }] : []
  })
}

/**
 * The state of a view that was just opened or replaced: what was entered before, else the initial values.
 * @param channelId where it was opened, for menus that start with the current conversation
 */
export function initialState(body: JsonObject, before: InputState, channelId?: string): InputState {
  const state: Record<string, Record<string, JsonObject>> = {}
  for (const { block, element } of elementsOf(objectsOf(body.blocks))) {
    const type = stringOf(element.type) ?? ''
    const fields = stateFields[type]
    const blockId = stringOf(block.block_id)
    const actionId = stringOf(element.action_id)
    if (fields === undefined || blockId === undefined || actionId === undefined) continue
    const entered = before[blockId]?.[actionId]
    const kept = entered?.type === type ? entered : undefined
    state[blockId] ??= {}
    const current = element.default_to_current_conversation === true ? channelId : undefined
    const initial = element[fields.initial] ?? current ?? fields.empty
    state[blockId][actionId] = kept ?? { type, [fields.field]: initial }
  }
  return state
}
