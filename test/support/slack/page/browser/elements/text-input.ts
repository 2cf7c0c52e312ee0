import { asText, isObject, type JsonObject, shownText } from '../../../json.ts'
import { h } from '../dom.ts'
import { enteredIn, focusName, isDispatched, type Placed } from '../surface.ts'
import { chooseIn, typeInto } from './use-element.ts'

const inputModes: Readonly<Record<string, string>> = {
  number_input: 'decimal',
  email_text_input: 'email',
  url_text_input: 'url',
}

/** Text, a number, an address. What is wrong with it is told by the server, as everything else about inputs. */
export function renderTextInput(placed: Placed): HTMLElement {
  const { element } = placed
  const props = {
    class: 'text-input',
    'data-focus': focusName(placed),
    'data-action': asText(element.action_id),
    placeholder: shownText(element.placeholder),
    'aria-label': shownText(placed.block.label),
    dir: 'auto',
    autocomplete: 'off',
    ...(typeof element.max_length === 'number' ? { maxlength: element.max_length } : {}),
  }
  const field =
    element.multiline === true
      ? h('textarea', { ...props, rows: 4 })
      : h('input', {
          ...props,
          // Of type text, all of them: only of that type does a browser tell where the cursor is.
          type: 'text',
          inputmode: inputModes[asText(element.type)] ?? 'text',
        })
  const { value } = enteredIn(placed) ?? {}
  field.value = asText(value ?? element.initial_value ?? '')
  field.addEventListener('input', () => typeInto(placed, field.value))
  if (isDispatched(placed)) dispatch(placed, field)
  return field
}

/** The app hears of it when Enter is pressed, or after every character, whichever it asked for. */
function dispatch(placed: Placed, field: HTMLInputElement | HTMLTextAreaElement): void {
  const triggers = triggersOf(placed.element)
  if (triggers.includes('on_character_entered'))
    field.addEventListener('input', () => void chooseIn(placed, field.value))
  if (!triggers.includes('on_enter_pressed')) return
  field.addEventListener('keydown', (event) => {
    if (!(event instanceof KeyboardEvent) || event.key !== 'Enter' || event.shiftKey) return
    event.preventDefault()
    void chooseIn(placed, field.value)
  })
}

function triggersOf(element: JsonObject): readonly unknown[] {
  const config = isObject(element.dispatch_action_config) ? element.dispatch_action_config : {}
  return Array.isArray(config.trigger_actions_on) ? config.trigger_actions_on : ['on_enter_pressed']
}
