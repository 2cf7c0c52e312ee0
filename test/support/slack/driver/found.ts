import { SlackClientError } from '../errors.ts'
import type { Channel, Message, UploadedFile, User, View, Workspace } from '../state/model.ts'
import type { World } from '../state/world.ts'

/** What can be read in the simulated Slack, now or as soon as it is there. Messages and views are copies. */
export class Found {
  protected readonly world: World

  constructor(world: World) {
    this.world = world
  }

  /** The workspace that a person comes from, or where a channel is. */
  workspaceOf(of: User | Channel): Workspace {
    return this.world.workspace(of.workspaceId)
  }

  /** In the order in which they were added. */
  workspaces(): Workspace[] {
    return [...this.world.workspaces.values()]
  }

  /** The app's own user in a workspace; undefined while it is not installed there. */
  botOf(workspace: Workspace): User | undefined {
    const installation = this.world.installations.get(workspace.id)
    return installation === undefined ? undefined : workspace.users.get(installation.botUserId)
  }

  /** Calls the listener after every change of anything, until what is returned is disposed. */
  onChange(listener: () => void): Disposable {
    return this.world.changes.listen(listener)
  }

  /** Everything that one person sees, the oldest first: their channels, threads, what is for them only. */
  messagesSeenBy(user: User): Message[] {
    const channels = new Set(this.channelsOf(user).map(({ id }) => id))
    return this.world.messages.list(
      ({ channelId, ephemeralTo }) =>
        channels.has(channelId) && (ephemeralTo === undefined || ephemeralTo === user.id),
    )
  }

  /** Where the person is a member, also in other workspaces. */
  channelsOf(user: User): Channel[] {
    return this.workspaces()
      .flatMap(({ channels }) => [...channels.values()])
      .filter(({ members }) => members.has(user.id))
  }

  /** What stands in a channel outside threads, the newest last; without what only some people see. */
  messages(channel: Channel): Message[] {
    return this.world.messages.list(
      ({ channelId, ephemeralTo, threadTs, broadcast }) =>
        channelId === channel.id && ephemeralTo === undefined && (threadTs === undefined || broadcast),
    )
  }

  latestMessage(channel: Channel): Message {
    return latest(this.messages(channel), `message in #${channel.name}`)
  }

  /** The newest message of the app with blocks. */
  latestCard(channel: Channel): Message {
    const cards = this.messages(channel).filter(
      (message) => message.botId !== undefined && message.blocks.length > 0,
    )
    return latest(cards, `card in #${channel.name}`)
  }

  /** As it is now; undefined when it was deleted. */
  message(message: Pick<Message, 'channelId' | 'ts'>): Message | undefined {
    return this.world.messages.find(message.channelId, message.ts)
  }

  /** The replies, the newest last. */
  thread(message: Message): Message[] {
    return this.world.messages.list(
      ({ channelId, threadTs, ephemeralTo }) =>
        channelId === message.channelId && threadTs === message.ts && ephemeralTo === undefined,
    )
  }

  /** What only this person sees, the newest last. */
  ephemerals(user: User, channel?: Channel): Message[] {
    return this.world.messages.list(
      ({ channelId, ephemeralTo }) =>
        ephemeralTo === user.id && (channel === undefined || channelId === channel.id),
    )
  }

  /** The modals that are open for somebody, the topmost last. */
  modalsOf(user: User): View[] {
    return this.world.views.stack(user.id)
  }

  file(id: string): UploadedFile | undefined {
    return this.world.files.find(id)
  }

  /** Somebody deletes a message: an administrator, or its author. */
  deleteMessage(message: Message): void {
    if (!this.world.messages.delete(message.channelId, message.ts))
      throw new SlackClientError('that message was deleted before')
  }

  archive(channel: Channel): void {
    channel.archived = true
    this.world.changes.announce()
  }

  unarchive(channel: Channel): void {
    channel.archived = false
    this.world.changes.announce()
  }

  /** Waits for whatever the probe finds, without polling; `what` completes "waited … for". */
  async until<T>(what: string, probe: () => T | undefined, timeoutMs?: number): Promise<T> {
    return this.world.changes.until(what, probe, timeoutMs)
  }

  /** Waits for a message anywhere, also in a thread or for one person only. */
  async waitForMessage(matches: (message: Message) => boolean, timeoutMs?: number): Promise<Message> {
    const { changes, messages } = this.world
    const seen = () =>
      messages
        .list(() => true)
        .slice(-5)
        .map(({ channelId, text }) => `\n  ${channelId}: ${text.slice(0, 200)}`)
        .join('')
    return changes.until(
      'a message',
      () => messages.latest(matches),
      timeoutMs,
      () => `; the latest:${seen()}`,
    )
  }

  /** Waits until a modal like this is on top. */
  async waitForModal(user: User, matches: (view: View) => boolean = () => true): Promise<View> {
    return this.until(`a modal of ${user.name}`, () => {
      const view = this.world.views.top(user.id)
      return view !== undefined && matches(view) ? view : undefined
    })
  }

  async waitForHome(user: User, matches: (view: View) => boolean = () => true): Promise<View> {
    return this.until(`the App Home of ${user.name}`, () => {
      const view = this.world.views.home(user.id)
      return view !== undefined && matches(view) ? view : undefined
    })
  }
}

function latest(messages: readonly Message[], what: string): Message {
  const message = messages.at(-1)
  if (message === undefined) throw new SlackClientError(`there is no ${what}`)
  return message
}
