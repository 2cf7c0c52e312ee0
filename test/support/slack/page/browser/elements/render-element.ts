import { asText } from '../../../json.ts'
import { h } from '../dom.ts'
import type { Placed } from '../surface.ts'
import { renderButton } from './button.ts'
import { renderChoices } from './choices.ts'
import { renderImageElement } from './image.ts'
import { renderMenu } from './menu.ts'
import { renderOverflow } from './overflow.ts'
import { renderPicker } from './pickers.ts'
import { renderTextInput } from './text-input.ts'

const renderers: Readonly<Record<string, (placed: Placed) => HTMLElement>> = {
  button: renderButton,
  overflow: renderOverflow,
  image: renderImageElement,
  radio_buttons: renderChoices,
  checkboxes: renderChoices,
  datepicker: renderPicker,
  timepicker: renderPicker,
  datetimepicker: renderPicker,
  plain_text_input: renderTextInput,
  number_input: renderTextInput,
  email_text_input: renderTextInput,
  url_text_input: renderTextInput,
  static_select: renderMenu,
  external_select: renderMenu,
  users_select: renderMenu,
  conversations_select: renderMenu,
  channels_select: renderMenu,
  multi_static_select: renderMenu,
  multi_external_select: renderMenu,
  multi_users_select: renderMenu,
}

/** An element of a block: to click, to choose from, to type into, to look at. */
export function renderElement(placed: Placed): HTMLElement {
  const type = asText(placed.element.type)
  const render = renderers[type]
  return render === undefined
    ? h('span', { class: 'unknown' }, `This page does not know ${type}.`)
    : render(placed)
}
