import { hkdfSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { Logger } from 'pino'
import { type Bot, BotError, type Clock, realClock, startBot } from '../bot/index.ts'
import type { BotSettings } from '../bot/settings.ts'
import { GodwitError, type TokenStore } from '../engine/index.ts'
import type { Configuration } from './configuration.ts'

export interface BotBeside {
  readonly configuration: Configuration
  readonly secretKey: Buffer
  readonly tokens: TokenStore
  readonly log: Logger
  /** Of the API in this process. */
  readonly apiUrl: string
  /** Lets the bot answer below `/slack/`. */
  readonly serve: (listener: RequestListener) => void
  /** Absent: the real one. */
  readonly clock?: Clock
}

/** Often enough that a token of ten minutes never ends. */
const renewEveryMs = 120_000
/** Until a bot whose tokens Slack refuses tries them again: they may have been of an app that is being set up. */
const tryAgainMs = 60_000

/**
 * Runs the bot beside the API, as a client of it like any other, until it is stopped. While Slack refuses its tokens,
 * migrations go on without it, and nothing is served below `/slack/`.
 */
export async function runBotBeside(beside: BotBeside, stop: AbortSignal): Promise<void> {
  const { configuration, secretKey, tokens, log, apiUrl, serve, clock = realClock } = beside
  const { GODWIT_API_URL: otherUrl, GODWIT_API_TOKEN: otherToken } = configuration
  const secret = Buffer.from(hkdfSync('sha256', secretKey, '', 'godwit slack-bot token', 32)).toString(
    'base64url',
  )
  const isOwn = otherUrl === undefined || otherToken === undefined
  const api = isOwn
    ? { url: apiUrl, token: await tokens.admitBot(secret) }
    : { url: otherUrl, token: otherToken }
  const rest = async (ms: number) => {
    await clock.sleep(ms, stop).catch(() => undefined)
    if (isOwn && !stop.aborted) await renew(tokens, secret, log)
  }
  const settings = settingsOf(configuration, api, secretKey, log)
  await using bot = await startWhenAccepted(settings, () => rest(tryAgainMs), stop)
  if (bot === null) return
  if (bot.listener !== undefined) serve(bot.listener)
  log.info({ over: bot.listener === undefined ? 'Socket Mode' : 'HTTP' }, 'the Slack bot runs')
  while (!stop.aborted) await rest(renewEveryMs)
}

/** Null when it was stopped before Slack accepted its tokens. */
async function startWhenAccepted(
  settings: BotSettings,
  rest: () => Promise<void>,
  stop: AbortSignal,
): Promise<Bot | null> {
  while (!stop.aborted) {
    try {
      return await startBot(settings)
    } catch (error) {
      if (!(error instanceof BotError)) throw error
      settings.log.error({ remedy: error.remedy }, error.message)
    }
    await rest()
  }
  return null
}

/** The control database may be away for a while: without it the token is good for nothing anyway. */
async function renew(tokens: TokenStore, secret: string, log: Logger): Promise<void> {
  try {
    await tokens.admitBot(secret)
  } catch (error) {
    log.warn({ err: error }, 'the token of the bot could not be renewed')
  }
}

/** Runs the bot in a process without the API: on a port of its own, unless it has Socket Mode. */
export async function runBotApart(
  { configuration, secretKey, log }: Pick<BotBeside, 'configuration' | 'secretKey' | 'log'>,
  stop: AbortSignal,
): Promise<void> {
  const { GODWIT_API_URL: url, GODWIT_API_TOKEN: token } = configuration
  if (url === undefined || token === undefined) throw new TypeError('a bot without an API')
  await using bot = await startBot(settingsOf(configuration, { url, token }, secretKey, log))
  await using _server = bot.listener === undefined ? null : await listen(configuration, bot.listener, log)
  log.info({ over: bot.listener === undefined ? 'Socket Mode' : 'HTTP' }, 'the Slack bot runs')
  if (!stop.aborted) await once(stop, 'abort')
}

async function listen(
  { HOST: host, PORT: port }: Configuration,
  listener: RequestListener,
  log: Logger,
): Promise<AsyncDisposable> {
  const server = createServer(listener)
  try {
    server.listen({ host, port })
    await once(server, 'listening')
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new GodwitError('CONFIGURATION_INVALID', `Cannot listen on ${host}:${port}: ${why}`, {
      cause: error,
      remedy: 'Set HOST and PORT to an address of this machine and a free port.',
    })
  }
  log.info({ address: server.address() }, 'the bot listens below /slack/')
  return {
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeIdleConnections()
      await closed
    },
  }
}

function settingsOf(
  configuration: Configuration,
  api: BotSettings['api'],
  secretKey: Buffer,
  log: Logger,
): BotSettings {
  const {
    SLACK_BOT_TOKEN: botToken,
    SLACK_CLIENT_ID: clientId,
    SLACK_CLIENT_SECRET: clientSecret,
    SLACK_SIGNING_SECRET: signingSecret,
    SLACK_APP_TOKEN: appToken,
    SLACK_API_URL: apiUrl,
    GODWIT_SLACK_CHANNEL: defaultChannel,
    GODWIT_SLACK_WORKSPACES: workspaces,
  } = configuration
  return {
    slack: {
      ...(botToken !== undefined && { botToken }),
      ...(clientId !== undefined &&
        clientSecret !== undefined && { oauth: { clientId, clientSecret, workspaces: workspaces ?? [] } }),
      ...(signingSecret !== undefined && { signingSecret }),
      ...(appToken !== undefined && { appToken }),
      ...(apiUrl !== undefined && { apiUrl }),
      ...(defaultChannel !== undefined && { defaultChannel }),
    },
    api,
    roles: configuration.GODWIT_SLACK_ROLES,
    allowExternal: configuration.GODWIT_SLACK_EXTERNAL,
    secretKey,
    log: log.child({ role: 'bot' }),
  }
}
