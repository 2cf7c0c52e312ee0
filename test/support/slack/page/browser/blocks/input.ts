import { asText, isObject, type JsonObject, shownText } from '../../../json.ts'
import { h } from '../dom.ts'
import { renderElement } from '../elements/render-element.ts'
import type { Surface } from '../surface.ts'
import { renderLabel } from '../text/render-text.ts'

/** A labelled input of a view, with what was wrong with it when it was last submitted. */
export function renderInput(surface: Surface, block: JsonObject): HTMLElement {
  const error = surface.view?.errors[asText(block.block_id)]
  const hint = shownText(block.hint)
  return h(
    'div',
    { class: error === undefined ? 'input' : 'input wrong' },
    h(
      'div',
      { class: 'input-label', dir: 'auto' },
      renderLabel(surface.state, block.label),
      block.optional === true ? h('span', { class: 'optional' }, ' (optional)') : null,
    ),
    isObject(block.element) ? renderElement({ surface, block, element: block.element }) : null,
    error === undefined ? null : h('div', { class: 'input-error', role: 'alert', dir: 'auto' }, error),
    hint === ''
      ? null
      : h('div', { class: 'input-hint', dir: 'auto' }, renderLabel(surface.state, block.hint)),
  )
}
