import type { Delivered, Delivery } from './delivery/delivery.ts'
import { Dispatcher, type ReplayOptions } from './delivery/dispatcher.ts'
import { sendEvent } from './delivery/events.ts'
import { SocketMode } from './delivery/socket-mode.ts'
import { Person } from './driver/person.ts'
import { SlackClientError } from './errors.ts'
import type { JsonObject } from './json.ts'
import { Found } from './driver/found.ts'
import type { ApiCall, AppSettings, Channel, User, Workspace } from './state/model.ts'
import { newWorkspace, type NewWorkspace } from './state/new-workspace.ts'
import type { IssuedToken } from './state/tokens.ts'
import { World } from './state/world.ts'
import { Faults } from './web-api/faults.ts'
import { listen, serve } from './web-api/http-server.ts'
import { RateLimits } from './web-api/rate-limits.ts'

export interface SlackOptions {
  /** What the app's manifest says: commands, scopes, events, token rotation … */
  readonly app?: Partial<AppSettings>
  /** Default `none`: a test that wants 429 injects it as a fault. */
  readonly rateLimits?: 'as in Slack' | 'none'
  /**
   * How long the app has to acknowledge what it gets, and to open a modal for it. Default 3 seconds, as in Slack; more
   * where a machine does other things at the same time.
   */
  readonly answerWithinMs?: number
}

export interface NewUser {
  readonly realName?: string
  readonly email?: string
  /** Default true. */
  readonly emailConfirmed?: boolean
  readonly showsEmailToAll?: boolean
  readonly timeZone?: string
  readonly isGuest?: boolean
}

export interface NewChannel {
  readonly kind?: 'public' | 'private'
  readonly members?: readonly User[]
  /** Default true. */
  readonly withBot?: boolean
}

const defaultScopes = [
  'chat:write',
  'commands',
  'users:read',
  'users:read.email',
  'usergroups:read',
  'channels:read',
  'groups:read',
  'im:read',
  'im:write',
  'reactions:write',
  'files:write',
]

/** A Slack that is not Slack; see index.ts. */
export class Slack extends Found implements AsyncDisposable {
  /** For the app's `clientOptions.slackApiUrl`. */
  readonly apiUrl: string
  /** For the app's `installerOptions.authorizationUrl`. */
  readonly authorizeUrl: string
  readonly app: AppSettings
  readonly faults: Faults
  /** The connections of Socket Mode. */
  readonly sockets: SocketMode
  readonly #dispatcher: Dispatcher
  readonly #baseUrl: string
  readonly #close: () => Promise<void>
  readonly #people = new Map<string, Person>()

  private constructor(
    world: World,
    sockets: SocketMode,
    faults: Faults,
    baseUrl: string,
    close: () => Promise<void>,
  ) {
    super(world)
    this.app = world.app
    this.sockets = sockets
    this.faults = faults
    this.apiUrl = `${baseUrl}/api/`
    this.authorizeUrl = `${baseUrl}/oauth/v2/authorize`
    this.#baseUrl = baseUrl
    this.#close = close
    this.#dispatcher = new Dispatcher(world, sockets)
  }

  static async start(options: SlackOptions): Promise<Slack> {
    const { app = {}, rateLimits = 'none', answerWithinMs = 3000 } = options
    const world = new World(settingsOf(app), answerWithinMs)
    const { server, baseUrl } = await listen()
    const faults = new Faults(world.clock, world.changes)
    const limiter = rateLimits === 'none' ? undefined : new RateLimits(world.clock)
    serve(server, { world, baseUrl, faults, rateLimits: limiter })
    const sockets = new SocketMode(server, world)
    const close = async () => {
      world.clock.stop()
      sockets.close()
      server.closeAllConnections()
      const { promise, resolve } = Promise.withResolvers<void>()
      server.close(() => resolve())
      await promise
    }
    return new Slack(world, sockets, faults, baseUrl, close)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close()
  }

  get clock() {
    return this.world.clock
  }

  /** Every call of the Web API and of response URLs, in their order, with the answer. */
  get calls(): readonly ApiCall[] {
    return this.world.calls
  }

  /** Everything that was sent to the app. */
  get deliveries(): readonly Delivery[] {
    return this.#dispatcher.deliveries
  }

  get requestUrl(): string | undefined {
    return this.#dispatcher.requestUrl
  }

  /** From here things go to the app over HTTP, to this URL; without a URL over Socket Mode. */
  deliverTo(requestUrl: string | undefined): void {
    this.#dispatcher.requestUrl = requestUrl
  }

  addWorkspace(workspace: NewWorkspace = {}): Workspace {
    const added = newWorkspace(this.world.ids, workspace)
    this.world.workspaces.set(added.id, added)
    return added
  }

  addUser(workspace: Workspace, name: string, user: NewUser = {}): User {
    const added: User = {
      id: this.world.ids.next('U'),
      workspaceId: workspace.id,
      name,
      realName: user.realName ?? name,
      email: user.email ?? `${name}@${workspace.domain}.example`,
      emailConfirmed: user.emailConfirmed ?? true,
      showsEmailToAll: user.showsEmailToAll ?? false,
      timeZone: user.timeZone ?? 'Etc/UTC',
      isBot: false,
      isGuest: user.isGuest ?? false,
      deactivated: false,
    }
    workspace.users.set(added.id, added)
    return added
  }

  addChannel(workspace: Workspace, name: string, channel: NewChannel = {}): Channel {
    const { kind = 'public', members = [], withBot = true } = channel
    const added: Channel = {
      id: this.world.ids.next('C'),
      workspaceId: workspace.id,
      name,
      kind,
      members: new Set(),
      archived: false,
    }
    const bot = this.world.installations.get(workspace.id)?.botUserId
    if (withBot && bot !== undefined) added.members.add(bot)
    workspace.channels.set(added.id, added)
    for (const member of members) this.invite(added, member)
    return added
  }

  /** Also a person of another workspace, as in a channel that two companies share. */
  invite(channel: Channel, user: User): void {
    const workspace = this.world.workspace(channel.workspaceId)
    workspace.users.set(user.id, user)
    channel.members.add(user.id)
  }

  addUserGroup(workspace: Workspace, handle: string, members: readonly User[]): { id: string } {
    const id = this.world.ids.next('S')
    workspace.userGroups.set(id, { id, handle, members: members.map((member) => member.id) })
    return { id }
  }

  /** Installs the app without OAuth. `scopes` may be fewer than the app asks for. */
  install(workspace: Workspace, scopes = this.app.scopes): IssuedToken {
    const bot = this.world.installations.get(workspace.id) ?? this.world.addBot(workspace)
    const installation = {
      workspaceId: workspace.id,
      botUserId: bot.botUserId,
      botId: bot.botId,
      scopes,
      installedBy: '',
    }
    this.world.installations.set(workspace.id, installation)
    return this.world.tokens.issue(installation)
  }

  /** Takes the app away: its tokens are refused, and it hears `app_uninstalled` if it subscribed. */
  async uninstall(workspace: Workspace): Promise<Delivered | undefined> {
    const installation = this.world.installations.get(workspace.id)
    if (installation === undefined) throw new SlackClientError(`not installed in ${workspace.name}`)
    this.world.tokens.revokeAll(workspace.id)
    this.world.installations.delete(workspace.id)
    return sendEvent(this.world, this.#dispatcher, installation, { type: 'app_uninstalled' })
  }

  /** The one person, also for what the app offered to them before. */
  as(user: User): Person {
    const known = this.#people.get(user.id)
    if (known !== undefined) return known
    const stage = { world: this.world, dispatcher: this.#dispatcher, baseUrl: this.#baseUrl }
    const person = new Person(stage, user)
    this.#people.set(user.id, person)
    return person
  }

  /** Sends an event, if the app subscribed to its type. */
  async sendEvent(workspace: Workspace, event: JsonObject): Promise<Delivered | undefined> {
    const installation = this.world.installations.get(workspace.id)
    if (installation === undefined) throw new SlackClientError(`not installed in ${workspace.name}`)
    return sendEvent(this.world, this.#dispatcher, installation, event)
  }

  /** Sends anything in the way of things to the app, for example what was delivered before, over Socket Mode. */
  async deliver(outgoing: Pick<Delivery, 'kind' | 'payload'>): Promise<Delivered> {
    return this.#dispatcher.deliver({ kind: outgoing.kind, payload: outgoing.payload })
  }

  /** Sends a request once more over HTTP: an exact replay, a stale one, one from the future, a forged one. */
  async replay(delivery: Delivery, options?: ReplayOptions): Promise<number> {
    return this.#dispatcher.replay(delivery, options)
  }

  /** Whether the app answers the challenge that comes when a request URL is entered. */
  async verifyRequestUrl(): Promise<boolean> {
    return this.#dispatcher.verifyRequestUrl()
  }

  /** The calls of a method, the newest last. */
  callsOf(method: string): ApiCall[] {
    return this.calls.filter((call) => call.method === method)
  }

  async untilCalled(method: string, matches: (call: ApiCall) => boolean = () => true): Promise<ApiCall> {
    return this.world.changes.until(`a call of ${method}`, () => this.callsOf(method).findLast(matches))
  }

  async untilDelivered(matches: (delivery: Delivery) => boolean): Promise<Delivery> {
    return this.world.changes.until('a delivery', () => this.deliveries.findLast(matches))
  }

  async untilConnected(count = 1): Promise<void> {
    await this.world.changes.until(
      `${count} connection(s) of Socket Mode`,
      () => this.sockets.connectionCount === count || undefined,
    )
  }
}

function settingsOf(app: Partial<AppSettings>): AppSettings {
  return {
    appId: 'A0GODWIT',
    name: 'godwit',
    clientId: '1111.2222',
    clientSecret: 'simulated-client-secret',
    signingSecret: 'simulated-signing-secret',
    verificationToken: 'simulated-verification-token',
    appToken: 'xapp-1-A0GODWIT-simulated',
    scopes: defaultScopes,
    commands: ['/migrate'],
    escapeCommands: false,
    events: ['app_home_opened', 'app_uninstalled'],
    redirectUrls: [],
    tokenRotation: false,
    tokenLifetimeS: 12 * 60 * 60,
    ...app,
  }
}
