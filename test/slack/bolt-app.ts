/**
 * The real Bolt as the client of the simulated Slack:
 *
 *     await using bot = await startBolt('http')
 *     bot.app.command('/migrate', async ({ ack }) => ack('hello'))
 *     await bot.slack.as(bot.maya).type(bot.channel, '/migrate')
 */
import { App, type AppOptions, HTTPReceiver, type Logger, LogLevel, SocketModeReceiver } from '@slack/bolt'
import {
  type Channel,
  type Slack,
  type SlackOptions,
  startSlack,
  type User,
  type Workspace,
} from '../support/slack/index.ts'

export const transports = ['http', 'socket'] as const
export type TransportName = (typeof transports)[number]

export interface Town extends AsyncDisposable {
  readonly slack: Slack
  readonly workspace: Workspace
  readonly channel: Channel
  readonly token: string
  readonly maya: User
  readonly ben: User
}

export interface BoltApp extends Town {
  readonly app: App
  /** What Bolt logged. */
  readonly logged: readonly string[]
}

/** A workspace with the app in it, two people and a channel. Its time stands still until a test moves it. */
export async function startTown(options: SlackOptions = {}): Promise<Town> {
  const slack = await startSlack(options)
  // On a busy machine the app would otherwise now and then miss the three seconds that it has.
  slack.clock.freeze()
  const workspace = slack.addWorkspace()
  const token = slack.install(workspace).accessToken
  const maya = slack.addUser(workspace, 'maya')
  const ben = slack.addUser(workspace, 'ben')
  const channel = slack.addChannel(workspace, 'databases', { members: [maya, ben] })
  return {
    slack,
    workspace,
    channel,
    token,
    maya,
    ben,
    [Symbol.asyncDispose]: () => slack[Symbol.asyncDispose](),
  }
}

export interface BoltOptions {
  readonly slack?: SlackOptions
  /** Bolt does not go on with what it received, nor acknowledge it, before this resolves. */
  readonly hold?: () => Promise<void>
  /**
   * How long Bolt waits before it connects its socket anew, and for a pong before it gives the connection up. Default
   * 5 s, as in Bolt: a busy machine answers later than in the fraction of a second that a test would like to wait.
   */
  readonly reconnectAfterMs?: number
}

export async function startBolt(transport: TransportName, options: BoltOptions = {}): Promise<BoltApp> {
  const town = await startTown(options.slack)
  const { slack } = town
  const logged: string[] = []
  const logger = collectLogs(logged)
  const clientOptions = { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } }
  const receiver =
    transport === 'http'
      ? new HTTPReceiver({ signingSecret: slack.app.signingSecret, logger })
      : new SocketModeReceiver({
          appToken: slack.app.appToken,
          installerOptions: { clientOptions },
          logger,
          ...(options.reconnectAfterMs === undefined ? {} : { clientPingTimeout: options.reconnectAfterMs }),
        })
  const authorization = authorizationOf(town, options)
  const app = new App({ ...authorization, receiver, clientOptions, logger, deferInitialization: true })
  await app.init()
  // Otherwise Bolt prints the error of a listener and goes on.
  app.error(async (error) => void logged.push(`error ${error.message}`))
  if (receiver instanceof HTTPReceiver) slack.deliverTo(await listen(receiver))
  else await Promise.all([app.start(), slack.untilConnected()])
  return {
    ...town,
    app,
    logged,
    [Symbol.asyncDispose]: async () => {
      await app.stop()
      await slack[Symbol.asyncDispose]()
    },
  }
}

function authorizationOf({ token }: Town, { hold }: BoltOptions): Pick<AppOptions, 'token' | 'authorize'> {
  if (hold === undefined) return { token }
  return {
    authorize: async () => {
      await hold()
      return { botToken: token }
    },
  }
}

/** The request URL of a receiver on a free port. */
export async function listen(receiver: HTTPReceiver): Promise<string> {
  const server = await receiver.start({ port: 0, host: '127.0.0.1' })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}/slack/events`
}

export function collectLogs(lines: string[]): Logger {
  const write = (...parts: unknown[]) => void lines.push(parts.map(String).join(' '))
  return {
    debug: () => undefined,
    info: write,
    warn: write,
    error: write,
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  }
}
