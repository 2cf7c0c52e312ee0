/** One child of a list: shown anew when its version changes, else left alone. */
export interface Item {
  readonly key: string
  readonly version: string
  readonly render: () => HTMLElement
}

const versions = new WeakMap<Element, string>()

/**
 * Makes the children of `parent` these, in this order. What has not changed stays the element that it is, with what was
 * typed into it; and the focus stays at what has the same `data-focus`.
 */
export function reconcile(parent: Element, items: readonly Item[]): void {
  const focused = focusIn(parent)
  const before = new Map([...parent.children].map((child) => [child.getAttribute('data-key') ?? '', child]))
  let place = parent.firstElementChild
  for (const item of items) {
    const kept = before.get(item.key)
    before.delete(item.key)
    const element = kept !== undefined && versions.get(kept) === item.version ? kept : renderItem(item)
    if (kept !== undefined && element !== kept) {
      if (place === kept) place = kept.nextElementSibling
      kept.remove()
    }
    if (element === place) place = place.nextElementSibling
    else parent.insertBefore(element, place)
  }
  for (const left of before.values()) left.remove()
  restore(parent, focused)
}

function renderItem({ key, version, render }: Item): Element {
  const element = render()
  element.setAttribute('data-key', key)
  versions.set(element, version)
  return element
}

interface Focused {
  readonly name: string
  readonly value?: string
  readonly selection?: readonly [number | null, number | null]
}

function focusIn(parent: Element): Focused | undefined {
  const { activeElement } = document
  if (activeElement === null || !parent.contains(activeElement)) return undefined
  const name = activeElement.getAttribute('data-focus')
  if (name === null) return undefined
  if (!isTextField(activeElement)) return { name }
  const { value, selectionStart, selectionEnd } = activeElement
  return { name, value, selection: [selectionStart, selectionEnd] }
}

function restore(parent: Element, focused: Focused | undefined): void {
  if (focused === undefined || parent.contains(document.activeElement)) return
  const element = parent.querySelector(`[data-focus="${CSS.escape(focused.name)}"]`)
  if (!(element instanceof HTMLElement)) return
  element.focus({ preventScroll: true })
  if (!isTextField(element) || focused.value === undefined) return
  // What was typed since the server last heard of it.
  element.value = focused.value
  const [start = null, end = null] = focused.selection ?? []
  if (start !== null) element.setSelectionRange(start, end)
}

function isTextField(element: Element): element is HTMLInputElement | HTMLTextAreaElement {
  return (
    element instanceof HTMLTextAreaElement || (element instanceof HTMLInputElement && element.type === 'text')
  )
}
