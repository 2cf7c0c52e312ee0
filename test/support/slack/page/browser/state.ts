import type { Act, Done, Frame, ShownChannel, ShownMessage, ShownUser, ShownView, Update } from '../wire.ts'
import { follow, send } from './server.ts'

/** Where the person at the page is. */
export type Place =
  | { readonly kind: 'channel'; readonly channelId: string; readonly threadTs: string | null }
  | { readonly kind: 'app'; readonly tab: 'home' | 'messages'; readonly threadTs: string | null }

const nobody: Frame = { meId: '', users: [], channels: [], groups: [], hints: [] }

/** What one person sees, as the server told it, and where they look. */
export class State {
  frame = nobody
  modal: ShownView | undefined
  home: ShownView | undefined
  isConnected = true
  place: Place = { kind: 'channel', channelId: '', threadTs: null }
  readonly #messages = new Map<string, ShownMessage>()
  /** The newest message that was on the screen, by person and channel. */
  readonly #read = new Map<string, string>()
  readonly #known = new Set<string>()
  readonly #onChange: () => void
  #unfollow: () => void = () => undefined
  /** What is on its way and belongs into a modal before the modal is submitted. */
  readonly #entering = new Set<Promise<unknown>>()
  #typing: Promise<unknown> = Promise.resolve()

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  /** Goes on as somebody else, or as the first of the cast. */
  become(userId: string | undefined): void {
    this.#unfollow()
    this.#unfollow = follow(
      userId,
      (update) => this.#apply(update),
      (isUp) => {
        this.isConnected = isUp
        this.#onChange()
      },
    )
  }

  /** What is typed arrives letter by letter in its order, and before anything else that is done. */
  async do(act: Act): Promise<Done> {
    const { meId } = this.frame
    const before = act.do === 'submit' ? Promise.all([this.#typing, ...this.#entering]) : this.#typing
    const done = before.then(() => send(meId, act))
    if (act.do === 'enter') this.#typing = done
    if (act.do !== 'choose') return done
    this.#entering.add(done)
    return done.finally(() => this.#entering.delete(done))
  }

  goTo(place: Place): void {
    this.place = place
    if (place.kind === 'app' && place.tab === 'home') void this.do({ do: 'open home' })
    this.#onChange()
  }

  /** Stays where the person is, with a thread at the side, or without one. */
  openThread(threadTs: string | null): void {
    this.place = { ...this.place, threadTs }
    this.#onChange()
  }

  /** The channel of the place: for the app its direct messages; empty while there is none. */
  get channelId(): string {
    return this.place.kind === 'channel' ? this.place.channelId : (this.frame.app?.directChannelId ?? '')
  }

  get me(): ShownUser | undefined {
    return this.user(this.frame.meId)
  }

  user(userId: string): ShownUser | undefined {
    return this.frame.users.find(({ id }) => id === userId)
  }

  /** Somebody of the same company, or in a channel with the person. */
  knows({ id, workspaceId }: ShownUser): boolean {
    return (
      workspaceId === this.me?.workspaceId || this.channels.some(({ memberIds }) => memberIds.includes(id))
    )
  }

  /** As it stands above a message. */
  nameOf(userId: string): string {
    return this.user(userId)?.realName ?? (userId === 'USLACKBOT' ? 'Slackbot' : 'Somebody')
  }

  channel(channelId: string): ShownChannel | undefined {
    return this.frame.channels.find(({ id }) => id === channelId)
  }

  /** Those that the person is in, without direct messages. */
  get channels(): ShownChannel[] {
    const { meId } = this.frame
    return this.frame.channels.filter(({ kind, memberIds }) => kind !== 'im' && memberIds.includes(meId))
  }

  message(channelId: string, ts: string): ShownMessage | undefined {
    return this.#messages.get(`${channelId} ${ts}`)
  }

  /** Of a channel, outside threads, the oldest first. */
  messagesIn(channelId: string): ShownMessage[] {
    return this.#sorted(
      (message) => message.channelId === channelId && (message.threadTs === undefined || message.broadcast),
    )
  }

  repliesTo(channelId: string, threadTs: string): ShownMessage[] {
    return this.#sorted((message) => message.channelId === channelId && message.threadTs === threadTs)
  }

  /** What was there before a person was first looked at is no news. */
  #beginToRead(): void {
    const { meId } = this.frame
    if (this.#known.has(meId)) return
    this.#known.add(meId)
    for (const { id } of this.frame.channels) this.markAsRead(id)
  }

  markAsRead(channelId: string): void {
    const newest = this.messagesIn(channelId).at(-1)
    if (newest !== undefined) this.#read.set(`${this.frame.meId} ${channelId}`, newest.ts)
  }

  unreadIn(channelId: string): number {
    const read = this.#read.get(`${this.frame.meId} ${channelId}`) ?? ''
    return this.messagesIn(channelId).filter(({ ts, userId }) => ts > read && userId !== this.frame.meId)
      .length
  }

  #sorted(matches: (message: ShownMessage) => boolean): ShownMessage[] {
    const found = [...this.#messages.values()].filter(matches)
    return found.sort((one, other) => (one.ts < other.ts ? -1 : 1))
  }

  #apply({ isWhole, parts, gone }: Update): void {
    if (isWhole)
      this.#forget(
        [...this.#messages.keys()].map((key) => `message ${key}`),
        true,
      )
    this.#forget(gone, false)
    for (const part of Object.values(parts))
      switch (part.kind) {
        case 'frame':
          this.frame = part.frame
          break
        case 'message':
          this.#messages.set(`${part.message.channelId} ${part.message.ts}`, part.message)
          break
        case 'modal':
          this.modal = part.view
          break
        case 'home':
          this.home = part.view
          break
        default:
          part satisfies never
      }
    if (isWhole) this.#beginToRead()
    // Whoever looks at the app's Home has opened it, also after a reload.
    if (isWhole && this.place.kind === 'app' && this.place.tab === 'home' && this.frame.app !== undefined)
      void this.do({ do: 'open home' })
    this.#onChange()
  }

  #forget(ids: readonly string[], isAll: boolean): void {
    for (const id of ids) this.#messages.delete(id.replace(/^message /, ''))
    if (isAll || ids.includes('modal')) this.modal = undefined
    if (isAll || ids.includes('home')) this.home = undefined
  }
}
