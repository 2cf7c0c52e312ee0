import { asText, isObject, type JsonObject, objectsOf } from '../../../json.ts'
import { h } from '../dom.ts'
import { atOf, enteredIn, focusName, type Placed } from '../surface.ts'
import { renderText } from '../text/render-text.ts'
import { chosenIn } from './menu-options.ts'
import { chooseIn } from './use-element.ts'

/** Radio buttons or checkboxes. */
export function renderChoices(placed: Placed): HTMLElement {
  const { element, surface } = placed
  const isRadio = element.type === 'radio_buttons'
  const chosen = new Set(chosenIn(placed, enteredIn(placed)).map(({ value }) => asText(value)))
  const { blockId, actionId } = atOf(placed)
  const onChange = (option: JsonObject, isOn: boolean) => {
    const value = asText(option.value)
    if (isRadio) return void chooseIn(placed, value)
    if (isOn) chosen.add(value)
    else chosen.delete(value)
    return void chooseIn(placed, [...chosen])
  }
  const lines = objectsOf(element.options).map((option, index) => {
    const box = h('input', {
      type: isRadio ? 'radio' : 'checkbox',
      name: `${blockId} ${actionId}`,
      'data-focus': index === 0 ? focusName(placed) : `${focusName(placed)} ${asText(option.value)}`,
      'data-action': actionId,
      on: { change: () => onChange(option, box.checked) },
    })
    box.checked = chosen.has(asText(option.value))
    return h(
      'label',
      { class: 'choice' },
      box,
      h(
        'span',
        {},
        renderText(surface.state, option.text),
        isObject(option.description)
          ? h('span', { class: 'choice-description' }, renderText(surface.state, option.description))
          : null,
      ),
    )
  })
  return h('div', { class: 'choices', role: isRadio ? 'radiogroup' : 'group' }, lines)
}
