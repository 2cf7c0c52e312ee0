import type { InputBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/types'
import { limits } from '../limits.ts'
import { plainText } from './text.ts'

type InputElement = InputBlock['element']

export interface InputOptions {
  /** The block_id: by it errors are shown, and what was entered is found. */
  readonly id: string
  readonly label: string
  readonly element: InputElement
  readonly hint?: string
  readonly optional?: boolean
  /** Absent: `value`. */
  readonly action?: (typeof inputActions)[keyof typeof inputActions]
  /** The app is told at once when it changes. */
  readonly dispatch?: boolean
}

/** action_id of the element of an input: what is searched or told at once has one of its own. */
export const inputActions = {
  value: 'value',
  endpoint: 'pick.endpoint',
  object: 'pick.object',
  muteDuration: 'mute.duration',
} as const

export function input({
  id,
  label,
  element,
  hint,
  optional,
  dispatch,
  action = inputActions.value,
}: InputOptions): InputBlock {
  return {
    type: 'input',
    block_id: id,
    label: plainText(label, 200),
    element: { ...element, action_id: action },
    ...(hint !== undefined && { hint: plainText(hint, 300) }),
    ...(optional === true && { optional }),
    ...(dispatch === true && { dispatch_action: dispatch }),
  }
}

/** One of several that can be chosen: what people read, and what it stands for. */
export interface Choice<Value extends string = string> {
  readonly text: string
  readonly value: Value
}

/** In a menu, which has plain text only. The value must fit: a part of one would stand for something else. */
function option({ text, value }: Choice): PlainTextOption {
  return { text: plainText(text, limits.optionText), value }
}

function fits({ value }: Choice): boolean {
  return value !== '' && value.length <= limits.optionValue && value.isWellFormed()
}

export function textInput(
  options: {
    readonly initial?: string
    readonly multiline?: boolean
    readonly minLength?: number
    readonly maxLength?: number
    readonly placeholder?: string
  } = {},
): InputElement {
  const { initial, multiline, minLength, maxLength = 255, placeholder } = options
  return {
    type: 'plain_text_input',
    max_length: maxLength,
    ...(initial !== undefined &&
      initial !== '' && { initial_value: initial.toWellFormed().slice(0, maxLength) }),
    ...(multiline === true && { multiline }),
    ...(minLength !== undefined && { min_length: minLength }),
    ...(placeholder !== undefined && { placeholder: plainText(placeholder, limits.placeholder) }),
  }
}

export function numberInput(
  placeholder: string,
  { min, max, initial }: { readonly min: number; readonly max: number; readonly initial?: number },
): InputElement {
  return {
    type: 'number_input',
    is_decimal_allowed: false,
    min_value: `${min}`,
    max_value: `${max}`,
    placeholder: plainText(placeholder, limits.placeholder),
    ...(initial !== undefined && { initial_value: `${initial}` }),
  }
}

/** One of a few, one beside the other. The first is chosen at first, or `initial`. */
export function menu<Value extends string>(choices: readonly Choice<Value>[], initial?: Value): InputElement {
  const options = choices.map(option)
  const chosen = options.find(({ value }) => value === initial) ?? options[0]
  return { type: 'static_select', options, ...(chosen && { initial_option: chosen }) }
}

export function radio<Value extends string>(
  choices: readonly Choice<Value>[],
  initial?: Value,
): InputElement {
  const options = choices.map(option)
  const chosen = options.find(({ value }) => value === initial) ?? options[0]
  return { type: 'radio_buttons', options, ...(chosen && { initial_option: chosen }) }
}

export function checkboxes<Value extends string>(
  choices: readonly Choice<Value>[],
  initial: readonly Value[],
): InputElement {
  const options = choices.map(option)
  const chosen = options.filter((_, index) => initial.some((value) => value === choices[index]?.value))
  return { type: 'checkboxes', options, ...(chosen.length > 0 && { initial_options: chosen }) }
}

/** A menu that the app fills while somebody types; it shows the first entries at once. */
export function search(placeholder: string, initial?: Choice): InputElement {
  return {
    type: 'external_select',
    min_query_length: 0,
    placeholder: plainText(placeholder, limits.placeholder),
    ...(initial && fits(initial) && { initial_option: option(initial) }),
  }
}

export function searchMany(placeholder: string): InputElement {
  return {
    type: 'multi_external_select',
    min_query_length: 0,
    placeholder: plainText(placeholder, limits.placeholder),
  }
}

export interface Modal {
  readonly id: string
  readonly title: string
  readonly submit: string
  readonly blocks: KnownBlock[]
  /** What it is about, for whoever handles what was entered. */
  readonly metadata: string
}

export function modal({ id, title, submit, blocks, metadata }: Modal): ModalView {
  return {
    type: 'modal',
    callback_id: id,
    title: plainText(title, limits.modalTitle),
    submit: plainText(submit, limits.modalTitle),
    close: plainText('Not now', limits.modalTitle),
    private_metadata: metadata,
    blocks,
  }
}
