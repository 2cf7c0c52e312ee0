/**
 * The notifier between the real API on a fresh control database and the simulated Slack:
 *
 *     await using stage = await startStage()
 *     await using bot = stage.startNotifier()
 *     const migration = await stage.bind(await createMigration(stage.stores))
 *     const card = await stage.waitForCard(migration)
 */
import { type Logger as BoltLogger, LogLevel } from '@slack/bolt'
import { pino } from 'pino'
import { ApiClient } from '../../../bot/client/index.ts'
import {
  bindMigration,
  type ChannelPlace,
  type NotifyNeeds,
  startNotifier,
} from '../../../bot/notify/index.ts'
import type { Notifier } from '../../../bot/notify/index.ts'
import { Records } from '../../../bot/records/index.ts'
import { Life, type Point } from './life.ts'
import { type Clock, Outgoing } from '../../../bot/slack/index.ts'
import { createWebCalls } from '../../../bot/slack/web-calls.ts'
import type { Alarm, ControlStores, Migration } from '../../../engine/index.ts'
import { listAlarms } from '../../db/alarms.ts'
import { startTestApi, type TestApi } from '../../support/api.ts'
import {
  type Channel,
  type Message,
  type Slack,
  startSlack,
  type User,
  type Workspace,
} from '../../support/slack/index.ts'

export interface Stage extends AsyncDisposable {
  readonly api: TestApi
  readonly stores: ControlStores
  readonly slack: Slack
  readonly workspace: Workspace
  readonly channel: Channel
  readonly place: ChannelPlace
  readonly maya: User
  readonly records: Records
  /** Slack’s: a test moves it. */
  readonly clock: Clock
  /** Everything that the notifiers have logged. */
  logged(): string
  /** Another process of the bot. */
  startNotifier(options?: NotifierOptions): StartedNotifier
  /** What a notifier is given; each process has its own. */
  needs(stopping: AbortSignal): NotifyNeeds
  bind(migration: Migration, channel?: Channel): Promise<Migration>
  /** Waits for the card of the migration, saying what is expected. */
  waitForCard(migration: Migration, saying?: string | RegExp): Promise<Message>
  /** The messages of alarms in the channel, oldest first. */
  alarmMessages(channel?: Channel): Message[]
  waitForAlarm(saying: string, channel?: Channel): Promise<Message>
  openAlarms(): Promise<readonly Alarm[]>
}

export interface NotifierOptions {
  readonly defaultChannel?: ChannelPlace
  /** Asked before and after each call that changes something; when it says so, the process is dead from there on. */
  readonly diesAt?: (point: Point) => boolean
}

export interface StartedNotifier extends Notifier {
  /** As if the process had been killed: nothing of it says or notes anything any more. */
  kill(): void
  readonly died: Promise<void>
}

const silent: BoltLogger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
}

export async function startStage(): Promise<Stage> {
  await using starting = new AsyncDisposableStack()
  const api = starting.use(await startTestApi())
  const slack = starting.use(await startSlack())
  const workspace = slack.addWorkspace()
  const token = slack.install(workspace).accessToken
  const maya = slack.addUser(workspace, 'maya')
  const channel = slack.addChannel(workspace, 'databases', { members: [maya] })
  const lines: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) })
  const client = new ApiClient({ url: api.url, token: api.adminToken })
  const records = new Records(client)
  const clock = clockOf(slack)
  const place = { team: workspace.id, channel: channel.id }
  const call = createWebCalls({ apiUrl: slack.apiUrl, logger: silent })

  const needs = (stopping: AbortSignal): NotifyNeeds => {
    const workspaces = {
      find: (id: string) => Promise.resolve(id === workspace.id ? { id, token, botUserId: '' } : null),
      list: () => Promise.resolve([workspace.id]),
      forget: () => Promise.resolve(),
    }
    const outgoing = new Outgoing({ workspaces, clock, call, stopping })
    return { api: client, records, outgoing, clock, log, defaultChannel: null }
  }
  const alarmMessages = (from: Channel = channel) =>
    slack.messages(from).filter(({ threadTs, blocks }) => threadTs === undefined && isAlarm(blocks))
  const stage = starting.move()
  return {
    api,
    stores: api.stores,
    slack,
    workspace,
    channel,
    place,
    maya,
    records,
    clock,
    logged: () => lines.join(''),
    needs,
    startNotifier({ defaultChannel = null, diesAt = () => false } = {}) {
      const stop = new AbortController()
      const life = new Life(diesAt)
      const notifier = startNotifier(life.of({ ...needs(stop.signal), defaultChannel }))
      return {
        touch: (shortId) => notifier.touch(shortId),
        kill: () => life.end(),
        died: life.ended,
        async [Symbol.asyncDispose]() {
          stop.abort()
          const ending = notifier[Symbol.asyncDispose]()
          if (!life.isOver) await ending
        },
      }
    },
    async bind(migration, to = channel) {
      const { shortId } = migration
      const binding = { team: workspace.id, channel: to.id, shortId, requester: maya.id }
      await bindMigration({ records, clock }, binding)
      return migration
    },
    alarmMessages,
    waitForAlarm: (saying, from) =>
      slack.until(`an alarm saying ${saying}`, () =>
        alarmMessages(from).findLast((message) => textOf(message).includes(saying)),
      ),
    openAlarms: () => listAlarms(api.stores, { states: ['FIRING', 'ACKNOWLEDGED'] }),
    waitForCard: (migration, saying = '') =>
      slack.until(`the card of ${migration.shortId} saying ${String(saying)}`, () =>
        slack
          .messages(channel)
          .findLast(
            (message) =>
              isCard(message.blocks) &&
              textOf(message).includes(migration.shortId) &&
              textOf(message).search(saying) >= 0,
          ),
      ),
    [Symbol.asyncDispose]: () => stage.disposeAsync(),
  }
}

function isCard(blocks: Message['blocks']): boolean {
  return blocks.some(({ block_id }) => block_id === 'card')
}

function isAlarm(blocks: Message['blocks']): boolean {
  return blocks.some(({ block_id }) => block_id === 'alarm')
}

export function textOf({ text, blocks }: Pick<Message, 'text' | 'blocks'>): string {
  return `${text} ${JSON.stringify(blocks)}`
}

/** Time as the simulated Slack has it. */
function clockOf(slack: Slack): Clock {
  return {
    nowMs: () => slack.clock.nowMs(),
    sleep: async (ms, signal) => {
      signal.throwIfAborted()
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const cancel = slack.clock.after(ms, resolve)
      const abort = () => {
        cancel()
        reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
      }
      signal.addEventListener('abort', abort, { once: true })
      await promise.finally(() => signal.removeEventListener('abort', abort))
    },
  }
}
