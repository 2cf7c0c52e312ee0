import type { ShownChannel, ShownUser } from '../../wire.ts'
import { type Child, h, icon, icons } from '../dom.ts'
import type { Place, State } from '../state.ts'
import { avatar } from './avatar.ts'

export interface SidebarActions {
  readonly go: (place: Place) => void
  readonly become: (userId: string) => void
}

/** Who one is and may be, and where one may go. */
export function drawSidebar(sidebar: HTMLElement, state: State, actions: SidebarActions): void {
  const { frame, me, place } = state
  const focused = document.activeElement?.getAttribute('data-focus')
  const isHere = ({ id }: ShownChannel) => place.kind === 'channel' && place.channelId === id
  sidebar.replaceChildren(
    h('div', { class: 'workspace' }, me?.workspaceName ?? ''),
    group('Channels', [
      state.channels.map((channel) =>
        line(
          channel.id,
          isHere(channel),
          state.unreadIn(channel.id),
          [
            h('span', { class: 'sign' }, channel.kind === 'private' ? icon(icons.lock, 'private') : '#'),
            h('bdi', {}, channel.name),
          ],
          () => actions.go({ kind: 'channel', channelId: channel.id, threadTs: null }),
        ),
      ),
      state.channels.length === 0 ? h('p', { class: 'none' }, 'In no channel') : null,
    ]),
    ...(frame.app === undefined
      ? []
      : [
          group('Apps', [
            line(
              'app',
              place.kind === 'app',
              frame.app.directChannelId === undefined ? 0 : state.unreadIn(frame.app.directChannelId),
              [
                avatar(state.user(frame.app.userId), state.nameOf(frame.app.userId)),
                h('bdi', {}, state.nameOf(frame.app.userId)),
              ],
              () => actions.go({ kind: 'app', tab: 'home', threadTs: null }),
            ),
          ]),
        ]),
    group('You are', [
      h(
        'div',
        { role: 'radiogroup', 'aria-label': 'Who you are' },
        frame.users
          .filter(({ role }) => role !== undefined)
          .map((user) => personLine(user, frame.meId, actions.become)),
      ),
    ]),
  )
  if (focused?.startsWith('sidebar ') === true)
    sidebar.querySelector<HTMLElement>(`[data-focus="${CSS.escape(focused)}"]`)?.focus()
}

function group(title: string, children: Child): HTMLElement {
  return h('section', { class: 'group' }, h('h2', {}, title), children)
}

function line(id: string, isHere: boolean, unread: number, label: Child, onClick: () => void): HTMLElement {
  return h(
    'button',
    {
      type: 'button',
      class: unread > 0 && !isHere ? 'line unread' : 'line',
      'data-focus': `sidebar ${id}`,
      ...(isHere ? { 'aria-current': 'page' } : {}),
      on: { click: onClick },
    },
    label,
    unread > 0 && !isHere
      ? h('span', { class: 'count', 'aria-label': `${unread} unread` }, String(unread))
      : null,
  )
}

function personLine(user: ShownUser, meId: string, become: (userId: string) => void): HTMLElement {
  return h(
    'button',
    {
      type: 'button',
      class: 'line person',
      role: 'radio',
      'aria-checked': user.id === meId ? 'true' : 'false',
      'data-focus': `sidebar ${user.id}`,
      'data-person': user.name,
      on: { click: () => become(user.id) },
    },
    avatar(user, user.realName),
    h('span', { class: 'person-text' }, h('bdi', {}, user.realName), h('small', {}, user.role ?? '')),
  )
}
