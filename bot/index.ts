/** The Slack bot: a client of Godwit’s API with a face. */
import type { RequestListener } from 'node:http'
import { actions, options } from './actions/index.ts'
import { ApiClient } from './client/index.ts'
import { bare, commands } from './commands/index.ts'
import { BotError } from './errors.ts'
import { events } from './events/index.ts'
import { DeliveryHandler, Inbox, Performer, ReplayError, ReplayGuard } from './inbox/index.ts'
import { modals } from './modals/index.ts'
import { type ChannelPlace, Homes, Reaches, startNotifier } from './notify/index.ts'
import { Directory, People } from './people/index.ts'
import { createSeal, Records } from './records/index.ts'
import type { Registry } from './registry.ts'
import type { BotSettings, SlackSettings } from './settings.ts'
import { Wishes } from './wishes/wishes.ts'
import { WishBook } from './wishes/index.ts'
import { openDoor } from './slack/door.ts'
import { Outgoing, realClock } from './slack/index.ts'
import { createSlackLogger } from './slack/logger.ts'
import { createWebCalls } from './slack/web-calls.ts'
import { openWorkspaces } from './slack/open-workspaces.ts'
import type { Workspaces } from './slack/workspaces.ts'

export { BotError } from './errors.ts'
export type { BotSettings, SlackSettings } from './settings.ts'
export { type Clock, realClock } from './slack/index.ts'

export interface Bot extends AsyncDisposable {
  /** Answers what is asked for below `/slack/`; undefined with Socket Mode. */
  readonly listener: RequestListener | undefined
}

/** All that people can do. */
const registryOfAll: Registry = { commands, bare, actions, modals, options, events }

/** Slack’s own, of commands, clicks and submissions. */
const patienceOfSlackMs = 3_000
/** How long what is being done may take when the bot stops. */
const settleTimeoutMs = 5_000

/**
 * Starts the bot. The API may come later, but must then be told of by `listener`: what asks for it tries on until it
 * is there. Disposing lets what is being done finish; what does not is taken up after the next start.
 * @throws BotError when Slack does not accept the tokens
 */
export async function startBot(settings: BotSettings, registry: Registry = registryOfAll): Promise<Bot> {
  const { slack, roles, allowExternal, log } = settings
  const stopping = new AbortController()
  const logger = createSlackLogger(log)
  const api = new ApiClient(settings.api)
  const records = new Records(api)
  const seal = createSeal(settings.secretKey)
  const call = createWebCalls({ apiUrl: slack.apiUrl, logger })
  const { workspaces, installer } = await openWorkspaces({ slack, records, seal, call, logger, log })
  const outgoing = new Outgoing({ workspaces, clock: realClock, call, stopping: stopping.signal })
  const people = new People({ directory: new Directory(outgoing, log), grants: roles, allowExternal })
  const homes = new Homes(records)
  const wishes = new WishBook(records)
  const areMany = slack.botToken === undefined
  const findDefaultChannel = async (team: string | null) => {
    const place = await readDefaultChannel(slack, workspaces)
    return areMany && team !== null && place?.team !== team ? null : place
  }
  const reaches = new Reaches({ api, homes, findDefaultChannel, areMany })
  const turns = {
    api,
    outgoing,
    homes,
    reaches,
    findDefaultChannel,
    wishes,
    log,
    stopping: stopping.signal,
  }
  const deliveries = new DeliveryHandler({
    ...turns,
    workspaces,
    performer: new Performer({ ...turns, registry, people }),
    inbox: new Inbox({ records, seal, clock: realClock, stopping: stopping.signal }),
    replayGuard: new ReplayGuard(records),
    patienceMs: slack.patienceMs ?? patienceOfSlackMs,
  })
  const isRefusal = (error: unknown) => error instanceof ReplayError
  const door = await openDoor({
    slack,
    installer,
    logger,
    isRefusal,
    receive: (...args) => deliveries.receive(...args),
  })
  const notifier = startNotifier({
    api,
    records,
    outgoing,
    clock: realClock,
    log,
    homes,
    findDefaultChannel,
  })
  const looking = deliveries.lookAfterAbandoned(realClock)
  const wishing = new Wishes({ ...turns, records, people, clock: realClock }).run()
  let stopped: Promise<void> | undefined
  const stop = async () => {
    await door.close()
    const silenced = notifier[Symbol.asyncDispose]()
    await Promise.race([
      deliveries.settle(),
      realClock.sleep(settleTimeoutMs, stopping.signal).catch(() => undefined),
    ])
    stopping.abort(new BotError('The bot stops.', 'Start it again.'))
    await Promise.all([looking, wishing, silenced])
  }
  return { listener: door.listener, [Symbol.asyncDispose]: () => (stopped ??= stop()) }
}

/** With its workspace, which the setting need not name where there is one. */
async function readDefaultChannel(
  { defaultChannel }: SlackSettings,
  workspaces: Workspaces,
): Promise<ChannelPlace | null> {
  if (defaultChannel === undefined) return null
  const { channel } = defaultChannel
  const [only] = defaultChannel.team === null ? await workspaces.list() : []
  const team = defaultChannel.team ?? only
  return team === undefined ? null : { team, channel }
}
