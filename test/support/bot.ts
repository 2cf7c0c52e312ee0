/**
 * The bot between a simulated Slack and a real API:
 *
 *     await using town = await startBotTown('http')
 *     await town.slack.as(town.maya).type(town.channel, '/migrate whoami')
 *     await town.heard(town.maya, 'Your role is')
 */
import { randomBytes } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { pino } from 'pino'
import { type Bot, type BotSettings, startBot } from '../../bot/index.ts'
import type { Registry } from '../../bot/registry.ts'
import { parseRoles } from '../../bot/settings.ts'
import { startTestApi, type TestApi, type TestApiOptions } from './api.ts'
import {
  type Channel,
  type Message,
  type Slack,
  type SlackOptions,
  startSlack,
  type User,
  type Workspace,
} from './slack/index.ts'

export const transports = ['http', 'socket'] as const
export type TransportName = (typeof transports)[number]

export interface BotTownOptions {
  readonly slack?: SlackOptions
  readonly api?: TestApiOptions
  /** As of the setting; may name the people: `{maya}` is her id. Default: maya is admin, ben approves, everyone reads. */
  readonly roles?: string
  readonly bot?: Partial<BotSettings>
  readonly registry?: Registry
  /** Default true. */
  readonly startsBot?: boolean
}

export interface BotTown extends AsyncDisposable {
  readonly slack: Slack
  readonly api: TestApi
  readonly workspace: Workspace
  readonly channel: Channel
  readonly maya: User
  readonly ben: User
  /** A full member without a role beyond that of everyone. */
  readonly ola: User
  readonly settings: BotSettings
  /** Stops the bot, if it runs, and starts another. */
  restart(settings?: Partial<BotSettings>): Promise<void>
  /** Stops it as its disposal would. */
  stopBot(): Promise<void>
  /** Everything that the bot has logged so far, at the lowest level. */
  logged(): string
  /** Waits for a message with this text that the person sees and nobody else. */
  heard(user: User, text: string): Promise<Message>
}

async function hear(slack: Slack, user: User, text: string): Promise<Message> {
  const shown = ({ text: fallback, blocks }: Message) => JSON.stringify([fallback, blocks])
  try {
    return await slack.waitForMessage(
      (message) => message.ephemeralTo === user.id && shown(message).includes(text),
    )
  } catch (cause) {
    const told = slack.ephemerals(user).map(({ text: fallback }) => fallback)
    throw new Error(`${user.name} was not told “${text}”, but: ${JSON.stringify(told)}`, { cause })
  }
}

export async function startBotTown(transport: TransportName, options: BotTownOptions = {}): Promise<BotTown> {
  await using starting = new AsyncDisposableStack()
  const slack = starting.use(await startSlack(options.slack))
  // On a busy machine the bot would otherwise now and then miss the three seconds that it has.
  slack.clock.freeze()
  const workspace = slack.addWorkspace()
  const botToken = slack.install(workspace).accessToken
  const maya = slack.addUser(workspace, 'maya')
  const ben = slack.addUser(workspace, 'ben')
  const ola = slack.addUser(workspace, 'ola')
  const channel = slack.addChannel(workspace, 'databases', { members: [maya, ben, ola] })
  let bot: Bot | undefined
  const listener: RequestListener = (request, response) => {
    if (bot?.listener !== undefined) return bot.listener(request, response)
    response.writeHead(503).end()
  }
  const api = starting.use(await startTestApi({ ...options.api, mounts: [{ prefix: '/slack/', listener }] }))
  const lines: string[] = []
  const ids: Readonly<Record<string, string>> = { maya: maya.id, ben: ben.id, ola: ola.id }
  const roles = (options.roles ?? 'read=*; approve={ben}; admin={maya}').replaceAll(
    /\{(\w+)\}/g,
    (_whole, name: string) => ids[name] ?? name,
  )
  const settings: BotSettings = {
    slack: {
      botToken,
      signingSecret: slack.app.signingSecret,
      apiUrl: slack.apiUrl,
      // The clock of the simulator stands still, so that a slow machine does not fail what is tested.
      patienceMs: 60_000,
      ...(transport === 'socket' && { appToken: slack.app.appToken }),
    },
    api: { url: api.url, token: api.adminToken },
    roles: parseRoles(roles),
    allowExternal: false,
    secretKey: randomBytes(32),
    log: pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) }),
    ...options.bot,
  }
  if (transport === 'http') slack.deliverTo(`${api.url}/slack/events`)
  const stopBot = async () => {
    const running = bot
    bot = undefined
    await running?.[Symbol.asyncDispose]()
  }
  const restart = async (changed: Partial<BotSettings> = {}) => {
    await stopBot()
    bot = await startBot({ ...settings, ...changed }, ...(options.registry ? [options.registry] : []))
    if (transport === 'socket') await slack.untilConnected()
  }
  starting.defer(stopBot)
  if (options.startsBot !== false) await restart()
  const started = starting.move()
  return {
    slack,
    api,
    workspace,
    channel,
    maya,
    ben,
    ola,
    settings,
    restart,
    stopBot,
    logged: () => lines.join(''),
    heard: (user, text) => hear(slack, user, text),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}
