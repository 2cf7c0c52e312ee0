import { h, icon, icons } from '../dom.ts'
import type { State } from '../state.ts'
import { composer } from './composer.ts'
import { MessageList } from './message-list.ts'

/** The panel at the side with a message and the replies to it. */
export class ThreadPanel {
  readonly element: HTMLElement
  readonly #state: State
  readonly #list = new MessageList('Thread')
  readonly #composer
  #shownTs: string | null = null
  readonly #where = h('span', { class: 'quiet' })

  constructor(state: State) {
    this.#state = state
    this.#composer = composer(state)
    const close = h(
      'button',
      {
        type: 'button',
        class: 'plain',
        'aria-label': 'Close the thread',
        on: { click: () => this.#close() },
      },
      icon(icons.close),
    )
    this.element = h(
      'aside',
      { class: 'thread', 'aria-label': 'Thread' },
      h('header', { class: 'place' }, h('h1', {}, 'Thread'), this.#where, close),
      this.#list.element,
      h('div', { class: 'bottom' }, this.#composer.element),
    )
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.#close()
    })
  }

  draw(): void {
    const { place, channelId } = this.#state
    const { threadTs } = place
    this.element.hidden = threadTs === null
    if (threadTs !== this.#shownTs) this.#list.clear()
    this.#shownTs = threadTs
    if (threadTs === null) return
    const parent = this.#state.message(channelId, threadTs)
    const replies = this.#state.repliesTo(channelId, threadTs)
    const messages = [...(parent === undefined ? [] : [parent]), ...replies]
    this.#list.draw(this.#state, messages, { parentTs: threadTs })
    const name = place.kind === 'app' ? 'Direct messages' : `#${this.#state.channel(channelId)?.name ?? ''}`
    this.#where.replaceChildren(h('bdi', {}, name))
    this.#composer.aimAt({ channelId, threadTs, name })
  }

  #close(): void {
    this.#state.openThread(null)
  }
}
