import { readAddress, writeAddress } from './address.ts'
import { h } from './dom.ts'
import { MainView } from './layout/main-view.ts'
import { ModalDialog } from './layout/modal.ts'
import { drawSidebar } from './layout/sidebar.ts'
import { ThreadPanel } from './layout/thread.ts'
import { type Place, State } from './state.ts'

const state = new State(() => requestDraw())
const sidebar = h('nav', { class: 'sidebar', 'aria-label': 'Channels and people' })
const mainView = new MainView(state, () => document.body.classList.add('sidebar-open'))
const thread = new ThreadPanel(state)
const lost = h('p', { class: 'lost', role: 'alert', hidden: true }, 'The simulator does not answer.')
document.body.append(
  h(
    'p',
    { class: 'banner' },
    h('b', {}, 'Simulation'),
    ' This is not Slack: a local stand-in for trying the app. Nothing leaves this computer.',
  ),
  lost,
  h('div', { class: 'frame' }, sidebar, mainView.element, thread.element),
)
const modal = new ModalDialog(state)
let isDrawing = false

/** However much changes at once, the page is drawn once. */
function requestDraw(): void {
  if (isDrawing) return
  isDrawing = true
  requestAnimationFrame(() => {
    isDrawing = false
    draw()
  })
}

function draw(): void {
  const { frame, isConnected } = state
  lost.hidden = isConnected
  if (frame.meId === '') return
  settlePlace()
  writeAddress(frame.meId, state.place)
  // First what marks messages as read, then what counts the unread ones.
  mainView.draw()
  thread.draw()
  drawSidebar(sidebar, state, { go, become })
  modal.draw()
  document.body.classList.toggle('with-thread', !thread.element.hidden)
  document.title = `${titleOf(state.place)} · Simulated Slack`
}

/** A person who is not in the channel that was shown begins in one of their own. */
function settlePlace(): void {
  const { place, channels, frame } = state
  if (place.kind === 'app' && frame.app !== undefined) return
  if (place.kind === 'channel' && channels.some(({ id }) => id === place.channelId)) return
  state.place = { kind: 'channel', channelId: channels[0]?.id ?? '', threadTs: null }
}

function titleOf(place: Place): string {
  if (place.kind === 'channel') return `#${state.channel(place.channelId)?.name ?? ''}`
  return state.nameOf(state.frame.app?.userId ?? '')
}

function go(place: Place): void {
  document.body.classList.remove('sidebar-open')
  state.goTo(place)
}

function become(userId: string): void {
  document.body.classList.remove('sidebar-open')
  state.become(userId)
}

mainView.element.addEventListener('click', () => document.body.classList.remove('sidebar-open'))
const { userId, place } = readAddress()
if (place !== undefined) state.place = place
state.become(userId)
