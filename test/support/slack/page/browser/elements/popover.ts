import { h } from '../dom.ts'

/**
 * Opens something below an element, or above where there is more room. It closes when the person clicks elsewhere or
 * presses Escape, and the focus goes back.
 */
export function openPopover(
  anchor: HTMLElement,
  content: HTMLElement,
  onClose: () => void = () => undefined,
) {
  const popover = h('div', { class: 'popover', popover: 'auto' }, content)
  // What is outside of an open dialog cannot be used.
  const parent = anchor.closest('dialog') ?? document.body
  const { top, bottom, left, width } = anchor.getBoundingClientRect()
  parent.append(popover)
  popover.addEventListener('toggle', (event) => {
    if (!(event instanceof ToggleEvent) || event.newState !== 'closed') return
    popover.remove()
    onClose()
  })
  popover.showPopover()
  popover.style.minWidth = `${width}px`
  const { height, width: ownWidth } = popover.getBoundingClientRect()
  const fitsBelow = bottom + height + 8 < window.innerHeight || top < window.innerHeight / 2
  popover.style.top = `${fitsBelow ? bottom + 4 : Math.max(8, top - height - 4)}px`
  popover.style.left = `${Math.max(8, Math.min(left, window.innerWidth - ownWidth - 8))}px`
  popover.style.maxHeight = `${fitsBelow ? window.innerHeight - bottom - 16 : top - 16}px`
  return { close: () => popover.hidePopover() }
}
