import { asText, type JsonObject, objectsOf, stringOf } from '../../../json.ts'
import { h, icon, icons } from '../dom.ts'
import { focusName, type Placed } from '../surface.ts'
import { isSafeUrl } from '../text/document.ts'
import { optionList } from './option-list.ts'
import { openPopover } from './popover.ts'
import { chooseIn } from './use-element.ts'

/** The button with three dots, and its menu. */
export function renderOverflow(placed: Placed): HTMLElement {
  const button = h(
    'button',
    {
      type: 'button',
      class: 'button overflow',
      'aria-label': 'More actions',
      'aria-haspopup': 'listbox',
      'data-focus': focusName(placed),
      'data-action': asText(placed.element.action_id),
      on: { click: () => open(placed, button) },
    },
    icon(icons.more),
  )
  return button
}

function open(placed: Placed, button: HTMLElement): void {
  const pick = (option: JsonObject) => {
    popover.close()
    const url = stringOf(option.url)
    if (url !== undefined && isSafeUrl(url)) window.open(url, '_blank', 'noopener')
    void chooseIn(placed, asText(option.value))
  }
  const list = optionList(placed.surface.state, pick, '')
  list.element.tabIndex = 0
  list.element.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') list.move(1)
    else if (event.key === 'ArrowUp') list.move(-1)
    else if (event.key === 'Enter' || event.key === ' ') list.pickMarked()
    else return
    event.preventDefault()
  })
  list.show([{ options: objectsOf(placed.element.options) }], new Set())
  const popover = openPopover(button, list.element, () => button.focus())
  list.element.focus()
}
