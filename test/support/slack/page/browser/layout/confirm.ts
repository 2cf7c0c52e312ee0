import { type JsonObject, shownText } from '../../../json.ts'
import { h } from '../dom.ts'
import type { State } from '../state.ts'
import { renderLabel, renderText } from '../text/render-text.ts'

/** Asks what a confirmation dialog asks; true when the person goes on. */
export async function askToConfirm(state: State, confirm: JsonObject): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const answer = (value: boolean) => () => {
    resolve(value)
    dialog.close()
  }
  const dialog = h(
    'dialog',
    { class: 'confirm', 'aria-label': shownText(confirm.title) },
    h('h2', { dir: 'auto' }, renderLabel(state, confirm.title)),
    renderText(state, confirm.text),
    h(
      'footer',
      {},
      h(
        'button',
        { type: 'button', class: 'button', on: { click: answer(false) } },
        renderLabel(state, confirm.deny),
      ),
      h(
        'button',
        {
          type: 'button',
          class: confirm.style === 'danger' ? 'button danger filled' : 'button primary filled',
          on: { click: answer(true) },
        },
        renderLabel(state, confirm.confirm),
      ),
    ),
  )
  dialog.addEventListener('close', () => {
    resolve(false)
    dialog.remove()
  })
  document.body.append(dialog)
  dialog.showModal()
  return promise
}
