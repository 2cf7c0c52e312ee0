import { h } from '../dom.ts'

const shownForMs = 8000

/** Tells the person something at the bottom of the page, also above an open dialog. */
export function showToast(text: string): void {
  document.querySelector('.toast')?.remove()
  const toast = h('div', { class: 'toast', role: 'alert', popover: 'manual', dir: 'auto' }, inWords(text))
  const dialogs = [...document.querySelectorAll('dialog[open]')]
  const parent = dialogs.at(-1) ?? document.body
  parent.append(toast)
  toast.showPopover()
  toast.addEventListener('click', () => toast.remove())
  setTimeout(() => toast.remove(), shownForMs)
}

/** What Slack's codes for an app that does not answer mean to a person. */
export function inWords(error: string): string {
  if (error === 'operation_timeout') return 'The app took too long to answer. Try again? (operation_timeout)'
  if (error === 'dispatch_failed') return 'The app could not be reached. Try again? (dispatch_failed)'
  return error
}
