import { asText, type JsonObject, shownText } from '../../../json.ts'
import { h, icon, icons } from '../dom.ts'
import { enteredIn, focusName, type Placed } from '../surface.ts'
import { renderLabel } from '../text/render-text.ts'
import { chosenIn, minQueryLength, optionsFor } from './menu-options.ts'
import { optionList } from './option-list.ts'
import { openPopover } from './popover.ts'
import { chooseIn } from './use-element.ts'

/** A menu of any kind: fixed options, options of the app, people, channels; one to choose or several. */
export function renderMenu(placed: Placed): HTMLElement {
  const isMulti = asText(placed.element.type).startsWith('multi_')
  let chosen = chosenIn(placed, enteredIn(placed))
  const root = h('div', { class: isMulti ? 'menu multi' : 'menu' })
  const choose = async (next: JsonObject[]) => {
    const before = chosen
    chosen = next
    draw()
    const values = next.map(({ value }) => asText(value))
    const isDone = await chooseIn(placed, isMulti ? values : (values[0] ?? null))
    if (isDone) return
    chosen = before
    draw()
  }
  const draw = () => {
    const isFocused = root.contains(document.activeElement)
    root.replaceChildren(...faceOf(placed, chosen, isMulti, choose))
    if (isFocused) root.querySelector<HTMLElement>('[data-focus]')?.focus()
  }
  draw()
  return root
}

type Choose = (chosen: JsonObject[]) => Promise<void>

function faceOf(
  placed: Placed,
  chosen: readonly JsonObject[],
  isMulti: boolean,
  choose: Choose,
): HTMLElement[] {
  const { surface, element } = placed
  const placeholder = shownText(element.placeholder) || 'Select an item'
  const [only] = chosen
  const isShown = !isMulti && only !== undefined
  const button = h(
    'button',
    {
      type: 'button',
      class: isShown ? 'menu-button' : 'menu-button empty',
      'aria-haspopup': 'listbox',
      'data-focus': focusName(placed),
      'data-action': asText(element.action_id),
      on: { click: () => openMenu(placed, button, chosen, isMulti, choose) },
    },
    h(
      'span',
      { class: 'menu-text', dir: 'auto' },
      isShown ? renderLabel(surface.state, only.text) : placeholder,
    ),
    icon(icons.down),
  )
  if (!isMulti) return [button]
  const tokens = chosen.map((option) =>
    h(
      'span',
      { class: 'token' },
      h('span', { dir: 'auto' }, renderLabel(surface.state, option.text)),
      h(
        'button',
        {
          type: 'button',
          'aria-label': `Remove ${shownText(option.text)}`,
          on: { click: () => void choose(chosen.filter((other) => other !== option)) },
        },
        icon(icons.close),
      ),
    ),
  )
  return [h('div', { class: 'tokens' }, tokens), button]
}

function openMenu(
  placed: Placed,
  button: HTMLElement,
  chosenAtFirst: readonly JsonObject[],
  isMulti: boolean,
  choose: Choose,
): void {
  const { surface, element } = placed
  let chosen = [...chosenAtFirst]
  const pick = (option: JsonObject) => {
    const isChosen = chosen.some(({ value }) => value === option.value)
    if (!isMulti) chosen = [option]
    else chosen = isChosen ? chosen.filter(({ value }) => value !== option.value) : [...chosen, option]
    if (!isMulti) popover.close()
    void choose(chosen)
    if (isMulti) void look()
  }
  const list = optionList(surface.state, pick, 'No matches')
  const needed = minQueryLength(placed)
  const search = h('input', {
    type: 'text',
    class: 'menu-search',
    role: 'combobox',
    'aria-expanded': 'true',
    'aria-label': shownText(element.placeholder) || 'Search',
    placeholder: needed > 0 ? `Type ${needed} or more characters` : 'Search',
    autocomplete: 'off',
  })
  list.belongTo(search)
  let asked = 0
  const look = async () => {
    const values = new Set(chosen.map(({ value }) => asText(value)))
    const query = search.value
    if (query.length < needed) return list.show([], values)
    asked += 1
    const mine = asked
    const { groups, error } = await optionsFor(placed, query)
    // An answer that was overtaken by what was typed since.
    if (mine !== asked) return
    if (error !== undefined) surface.tell(error)
    list.show(groups, values)
  }
  search.addEventListener('input', () => void look())
  search.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') list.move(1)
    else if (event.key === 'ArrowUp') list.move(-1)
    else if (event.key === 'Enter') list.pickMarked()
    else return
    event.preventDefault()
  })
  void look()
  const popover = openPopover(button, h('div', { class: 'menu-popover' }, search, list.element), () => {
    const again = document.querySelector(`[data-focus="${CSS.escape(focusName(placed))}"]`)
    if (again instanceof HTMLElement) again.focus()
  })
  search.focus()
}
