import { asText, isObject, type JsonObject, shownText } from '../../../json.ts'
import { h } from '../dom.ts'
import type { State } from '../state.ts'
import { renderLabel } from '../text/render-text.ts'

export interface OptionGroup {
  readonly label?: JsonObject
  readonly options: readonly JsonObject[]
}

export interface OptionList {
  readonly element: HTMLElement
  /** Tells those who do not see it which option is marked, while this field has the focus. */
  readonly belongTo: (field: HTMLElement) => void
  /** Shows these instead. */
  readonly show: (groups: readonly OptionGroup[], chosen: ReadonlySet<string>) => void
  /** Moves the marked option, as the arrow keys do. */
  readonly move: (by: 1 | -1) => void
  readonly pickMarked: () => void
}

let lists = 0

/** A list to choose from with the keyboard or the pointer. The focus stays where it is; the marked option moves. */
export function optionList(state: State, onPick: (option: JsonObject) => void, empty: string): OptionList {
  lists += 1
  const id = `options-${lists}`
  const element = h('div', { class: 'option-list', role: 'listbox', id })
  let field: HTMLElement = element
  let marked = -1
  const options = () => [...element.querySelectorAll<HTMLElement>('[role=option]')]
  const mark = (index: number) => {
    const all = options()
    marked = all.length === 0 ? -1 : (index + all.length) % all.length
    for (const [at, option] of all.entries()) option.classList.toggle('marked', at === marked)
    all[marked]?.scrollIntoView({ block: 'nearest' })
    field.setAttribute('aria-activedescendant', all[marked]?.id ?? '')
  }
  const line = (option: JsonObject, chosen: ReadonlySet<string>) =>
    h(
      'div',
      {
        class: 'option',
        role: 'option',
        'aria-selected': chosen.has(asText(option.value)) ? 'true' : 'false',
        // The search field must not lose the focus before the click.
        on: { mousedown: (event) => event.preventDefault(), click: () => onPick(option) },
      },
      h('span', { class: 'option-text', dir: 'auto' }, renderLabel(state, option.text)),
      isObject(option.description)
        ? h('span', { class: 'option-description', dir: 'auto' }, shownText(option.description))
        : null,
    )
  return {
    element,
    belongTo: (owner) => {
      field = owner
      owner.setAttribute('aria-controls', id)
    },
    show: (groups, chosen) => {
      const lines = groups.flatMap(({ label, options }) => [
        ...(label === undefined || options.length === 0
          ? []
          : [h('div', { class: 'option-group' }, renderLabel(state, label))]),
        ...options.map((option) => line(option, chosen)),
      ])
      element.replaceChildren(...(lines.length === 0 ? [h('div', { class: 'option-none' }, empty)] : lines))
      for (const [index, option] of options().entries()) option.id = `${id}-${index}`
      const at = options().findIndex((option) => option.getAttribute('aria-selected') === 'true')
      mark(Math.max(at, 0))
    },
    move: (by) => mark(marked + by),
    pickMarked: () => options()[marked]?.click(),
  }
}
