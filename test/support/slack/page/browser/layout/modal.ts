import { isObject, objectsOf, shownText } from '../../../json.ts'
import type { ShownView } from '../../wire.ts'
import { blockItems } from '../blocks/render-blocks.ts'
import { h, icon, icons } from '../dom.ts'
import { reconcile } from '../reconcile.ts'
import type { State } from '../state.ts'
import type { Surface } from '../surface.ts'
import { renderLabel } from '../text/render-text.ts'
import { inWords } from './toast.ts'

/** The dialog in which the modals of an app open, the topmost of them shown. */
export class ModalDialog {
  readonly #state: State
  readonly #title = h('h2', { dir: 'auto' })
  readonly #back = h('button', { type: 'button', class: 'plain', 'aria-label': 'Back' }, icon(icons.back))
  readonly #problem = h('div', { class: 'modal-problem', role: 'alert' })
  readonly #blocks = h('div', { class: 'modal-blocks' })
  readonly #close = h('button', { type: 'button', class: 'button' })
  readonly #submit = h('button', { type: 'submit', class: 'button primary filled' })
  readonly #dialog: HTMLDialogElement
  #shown: ShownView | undefined
  /** What the client itself found wrong, by block_id, until the next attempt. */
  #atBlocks: Readonly<Record<string, string>> = {}

  constructor(state: State) {
    this.#state = state
    const cross = h(
      'button',
      { type: 'button', class: 'plain', 'aria-label': 'Close', on: { click: () => this.#leave() } },
      icon(icons.close),
    )
    this.#dialog = h(
      'dialog',
      { class: 'modal' },
      h(
        'form',
        { method: 'dialog', novalidate: true },
        h('header', {}, this.#back, this.#title, cross),
        this.#problem,
        this.#blocks,
        h('footer', {}, this.#close, this.#submit),
      ),
    )
    this.#back.addEventListener('click', () => this.#leave())
    this.#close.addEventListener('click', () => this.#leave())
    this.#dialog.addEventListener('submit', (event) => {
      event.preventDefault()
      void this.#submitView()
    })
    // Escape: the server closes the view, and with it the dialog.
    this.#dialog.addEventListener('cancel', (event) => {
      event.preventDefault()
      this.#leave()
    })
    document.body.append(this.#dialog)
  }

  draw(): void {
    const view = this.#state.modal
    if (view === undefined) {
      this.#shown = undefined
      this.#dialog.close()
      return
    }
    const isOther = this.#shown?.id !== view.id
    if (isOther) {
      this.#atBlocks = {}
      this.#tell('')
      this.#blocks.replaceChildren()
    }
    this.#shown = view
    const { body } = view
    this.#dialog.setAttribute('aria-label', shownText(body.title))
    this.#title.replaceChildren(h('bdi', {}, renderLabel(this.#state, body.title)))
    this.#back.hidden = view.depth < 2
    this.#close.replaceChildren(shownText(body.close) || 'Close')
    this.#submit.replaceChildren(shownText(body.submit))
    this.#submit.hidden = !isObject(body.submit)
    this.#drawBlocks()
    if (!this.#dialog.open) this.#dialog.showModal()
    if (isOther) this.#focusFirst(view)
  }

  #drawBlocks(): void {
    const view = this.#shown
    if (view === undefined) return
    const surface: Surface = {
      state: this.#state,
      on: { viewId: view.id },
      view: { ...view, errors: { ...view.errors, ...this.#atBlocks } },
      tell: (error) => this.#tell(inWords(error)),
    }
    reconcile(this.#blocks, blockItems(surface, objectsOf(view.body.blocks)))
  }

  #focusFirst({ body }: ShownView): void {
    const wanted = objectsOf(body.blocks).find(
      ({ element }) => isObject(element) && element.focus_on_load === true,
    )
    const block =
      typeof wanted?.block_id === 'string'
        ? this.#blocks.querySelector(`[data-key="${CSS.escape(wanted.block_id)}"]`)
        : this.#blocks
    const first = block?.querySelector<HTMLElement>('input, textarea, select, button')
    first?.focus()
    this.#blocks.scrollTop = 0
  }

  #tell(problem: string): void {
    this.#problem.replaceChildren(problem)
    this.#problem.hidden = problem === ''
  }

  async #submitView(): Promise<void> {
    const view = this.#shown
    if (view === undefined || this.#submit.hasAttribute('aria-busy')) return
    this.#tell('')
    this.#submit.setAttribute('aria-busy', 'true')
    const { error, atBlocks } = await this.#state.do({ do: 'submit', on: { viewId: view.id } })
    this.#submit.removeAttribute('aria-busy')
    this.#atBlocks = atBlocks
    if (error !== null && Object.keys(atBlocks).length === 0) this.#tell(inWords(error))
    this.#drawBlocks()
    this.#blocks.querySelector('.input.wrong')?.scrollIntoView({ block: 'nearest' })
  }

  #leave(): void {
    void this.#state.do({ do: 'close' })
  }
}
