import type { ShownMessage } from '../../wire.ts'
import { h, icon, icons } from '../dom.ts'
import type { State } from '../state.ts'
import { drawHome } from './app-home.ts'
import { composer } from './composer.ts'
import { MessageList } from './message-list.ts'

/** The middle of the page: a channel, or the app with its Home and its direct messages. */
export class MainView {
  readonly element: HTMLElement
  readonly #state: State
  readonly #header = h('header', { class: 'place' })
  readonly #list = new MessageList('Messages')
  readonly #home = h('div', { class: 'home', tabindex: 0, 'aria-label': 'Home' })
  readonly #note = h('p', { class: 'note' })
  readonly #composer
  readonly #openSidebar: () => void
  #shownChannelId = ''

  constructor(state: State, openSidebar: () => void) {
    this.#state = state
    this.#openSidebar = openSidebar
    this.#composer = composer(state)
    this.element = h(
      'main',
      {},
      this.#header,
      this.#home,
      this.#list.element,
      h('div', { class: 'bottom' }, this.#note, this.#composer.element),
    )
  }

  draw(): void {
    const { place, channelId } = this.#state
    const isHome = place.kind === 'app' && place.tab === 'home'
    this.#home.hidden = !isHome
    this.#list.element.hidden = isHome
    this.#drawHeader()
    if (isHome) drawHome(this.#home, this.#state)
    else this.#drawChannel(channelId)
    const note = this.#noteFor(channelId, isHome)
    this.#note.replaceChildren(note)
    this.#note.hidden = note === ''
    this.#composer.element.hidden = isHome || note !== ''
  }

  #drawChannel(channelId: string): void {
    const isOther = channelId !== this.#shownChannelId
    this.#shownChannelId = channelId
    if (isOther) this.#list.clear()
    const messages = this.#state.messagesIn(channelId)
    this.#list.draw(this.#state, messages, {
      onOpenThread: ({ threadTs, ts }: ShownMessage) => this.#state.openThread(threadTs ?? ts),
    })
    this.#state.markAsRead(channelId)
    const channel = this.#state.channel(channelId)
    const name = channel?.kind === 'im' ? this.#appName() : `#${channel?.name ?? ''}`
    this.#composer.aimAt({ channelId, threadTs: null, name })
  }

  #drawHeader(): void {
    const { place } = this.#state
    this.#header.replaceChildren(
      h(
        'button',
        {
          type: 'button',
          class: 'plain only-narrow',
          'aria-label': 'Channels and people',
          on: {
            click: (event) => {
              // A click elsewhere in here closes it again.
              event.stopPropagation()
              this.#openSidebar()
            },
          },
        },
        icon(icons.menu),
      ),
      ...(place.kind === 'channel' ? this.#channelTitle(place.channelId) : this.#appTitle(place.tab)),
    )
  }

  #channelTitle(channelId: string): HTMLElement[] {
    const channel = this.#state.channel(channelId)
    if (channel === undefined) return [h('h1', {}, 'No channel')]
    const people = channel.memberIds.filter((id) => this.#state.user(id)?.isBot !== true)
    return [
      h('h1', {}, channel.kind === 'private' ? icon(icons.lock, 'private') : '#', h('bdi', {}, channel.name)),
      h('span', { class: 'quiet' }, people.length === 1 ? '1 member' : `${people.length} members`),
    ]
  }

  #appTitle(tab: 'home' | 'messages'): HTMLElement[] {
    const tabs = (['home', 'messages'] as const).map((name) =>
      h(
        'button',
        {
          type: 'button',
          role: 'tab',
          'aria-selected': name === tab ? 'true' : 'false',
          on: { click: () => this.#state.goTo({ kind: 'app', tab: name, threadTs: null }) },
        },
        name === 'home' ? 'Home' : 'Messages',
      ),
    )
    return [h('h1', {}, h('bdi', {}, this.#appName())), h('div', { class: 'tabs', role: 'tablist' }, tabs)]
  }

  #appName(): string {
    const { app } = this.#state.frame
    return app === undefined ? 'App' : this.#state.nameOf(app.userId)
  }

  /** Why nothing can be written here. */
  #noteFor(channelId: string, isHome: boolean): string {
    if (isHome) return ''
    const channel = this.#state.channel(channelId)
    if (channel === undefined) return 'Nothing here yet.'
    return channel.archived ? `#${channel.name} is archived: nobody can write in it.` : ''
  }
}
