import { asText, stringOf } from '../../../json.ts'
import { h } from '../dom.ts'
import { atOf, focusName, type Placed } from '../surface.ts'
import { isSafeUrl } from '../text/document.ts'
import { renderLabel } from '../text/render-text.ts'
import { confirmIfAsked } from './use-element.ts'

const classes: Readonly<Record<string, string>> = { primary: 'button primary', danger: 'button danger' }

export function renderButton(placed: Placed): HTMLElement {
  const { element, surface } = placed
  const button = h(
    'button',
    {
      type: 'button',
      class: classes[asText(element.style)] ?? 'button',
      'data-focus': focusName(placed),
      'data-action': asText(element.action_id),
      ...(typeof element.accessibility_label === 'string'
        ? { 'aria-label': element.accessibility_label }
        : {}),
      on: { click: () => void click(placed, button) },
    },
    h('span', { dir: 'auto' }, renderLabel(surface.state, element.text)),
  )
  return button
}

async function click(placed: Placed, button: HTMLButtonElement): Promise<void> {
  const { element, surface } = placed
  const isConfirmed = await confirmIfAsked(placed)
  if (isConfirmed === undefined) return
  const url = stringOf(element.url)
  if (url !== undefined && isSafeUrl(url)) window.open(url, '_blank', 'noopener')
  button.setAttribute('aria-busy', 'true')
  const { error } = await surface.state.do({ do: 'click', on: surface.on, at: atOf(placed), isConfirmed })
  button.removeAttribute('aria-busy')
  if (error !== null) surface.tell(error)
}
