/**
 * The notifier between the real API on a fresh control database and the simulated Slack; tests that share them have a
 * channel of their own each:
 *
 *     const stage = shareStage()
 *     const room = stage().enter()
 *     await using bot = room.startNotifier()
 *     const migration = await room.bind(await createMigration(room.stores))
 *     const card = await room.waitForCard(migration)
 */
import { pino } from 'pino'
import { afterAll, beforeAll } from 'vitest'
import { ApiClient } from '../../../bot/client/index.ts'
import { type ChannelPlace, Homes, type NotifyNeeds, startNotifier } from '../../../bot/notify/index.ts'
import { Records } from '../../../bot/records/index.ts'
import { Life, type Point } from './life.ts'
import { type Clock, Outgoing } from '../../../bot/slack/index.ts'
import { createSlackLogger } from '../../../bot/slack/logger.ts'
import { createWebCalls } from '../../../bot/slack/web-calls.ts'
import type { ControlStores, Migration } from '../../../engine/index.ts'
import { startTestApi, type TestApi, type TestApiOptions } from '../../support/api.ts'
import { silentLog } from '../../support/start-server.ts'
import {
  type ApiCall,
  type Channel,
  type Message,
  type Slack,
  type SlackOptions,
  startSlack,
  type User,
  type Workspace,
} from '../../support/slack/index.ts'

export interface Stage extends AsyncDisposable {
  readonly api: TestApi
  readonly stores: ControlStores
  readonly slack: Slack
  readonly workspace: Workspace
  readonly maya: User
  readonly records: Records
  readonly homes: Homes
  /** Slack’s: a test moves it. */
  readonly clock: Clock
  /** Everything that the notifiers have logged. */
  logged(): string
  /** Another process of the bot. */
  startNotifier(options?: NotifierOptions): StartedNotifier
  /** What a notifier is given; each process has its own. */
  needs(stopping: AbortSignal): NotifyNeeds
  /** A new channel, with maya in it. */
  enter(): Room
}

/** A channel of the stage. */
export interface Room extends Omit<Stage, typeof Symbol.asyncDispose> {
  readonly channel: Channel
  readonly place: ChannelPlace
  /** Brings it to the channel; the thread tells all from the beginning. */
  bind(migration: Migration): Promise<Migration>
  /** Waits for the card of the migration, saying what is expected. */
  waitForCard(migration: Migration, saying?: string | RegExp): Promise<Message>
  waitForMessage(saying: string): Promise<Message>
  waitForReply(card: Message, saying: string): Promise<Message>
  /** Waits until a message has been edited to say this. */
  waitForEdit(message: Message, saying: string): Promise<Message>
  /** The messages of alarms, oldest first. */
  alarmMessages(): Message[]
  waitForAlarm(saying: string): Promise<Message>
  /** The calls about the channel. */
  callsOf(method: string): ApiCall[]
  /** Waits for a call about the channel with this status of HTTP. */
  untilCalled(method: string, status: number): Promise<ApiCall>
}

export interface NotifierOptions {
  readonly defaultChannel?: ChannelPlace
  /** Asked before and after each call that changes something; when it says so, the process is dead from there on. */
  readonly diesAt?: (point: Point) => boolean
  /** What the process uses in the place of the records. */
  readonly records?: (records: Records) => NotifyNeeds['records']
}

export interface StartedNotifier extends AsyncDisposable {
  /** As if the process had been killed: nothing of it says or notes anything any more. */
  kill(): void
  readonly died: Promise<void>
}

export interface StageOptions {
  readonly slack?: SlackOptions
  readonly api?: TestApiOptions['api']
}

export async function startStage({
  slack: slackOptions,
  api: apiOptions = {},
}: StageOptions = {}): Promise<Stage> {
  await using starting = new AsyncDisposableStack()
  const api = starting.use(await startTestApi({ api: apiOptions }))
  const slack = starting.use(await startSlack(slackOptions))
  const workspace = slack.addWorkspace()
  const token = slack.install(workspace).accessToken
  const maya = slack.addUser(workspace, 'maya')
  const lines: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) })
  const client = new ApiClient({ url: api.url, token: api.adminToken })
  const records = new Records(client)
  const homes = new Homes(records)
  const clock = clockOf(slack)
  const call = createWebCalls({ apiUrl: slack.apiUrl, logger: createSlackLogger(silentLog) })
  const needs = (stopping: AbortSignal): NotifyNeeds => {
    const workspaces = {
      find: (id: string) => Promise.resolve(id === workspace.id ? { id, token, botUserId: '' } : null),
      list: () => Promise.resolve([workspace.id]),
      forget: () => Promise.resolve(),
    }
    const outgoing = new Outgoing({ workspaces, clock, call, stopping })
    const findDefaultChannel = () => Promise.resolve(null)
    return { api: client, records, homes, outgoing, clock, log, findDefaultChannel }
  }
  const started = starting.move()
  const stage: Stage = {
    api,
    stores: api.stores,
    slack,
    workspace,
    maya,
    records,
    homes,
    clock,
    logged: () => lines.join(''),
    needs,
    startNotifier({ defaultChannel = null, diesAt = () => false, records: change } = {}) {
      const stop = new AbortController()
      const life = new Life(diesAt)
      const findDefaultChannel = () => Promise.resolve(defaultChannel)
      const notifier = startNotifier(
        life.of({ ...needs(stop.signal), records: change?.(records) ?? records, findDefaultChannel }),
      )
      return {
        kill: () => life.end(),
        died: life.ended,
        async [Symbol.asyncDispose]() {
          stop.abort()
          const ending = notifier[Symbol.asyncDispose]()
          if (!life.isOver) await ending
        },
      }
    },
    enter: () => enter(stage),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
  return stage
}

/** One stage for the tests around. */
export function shareStage(options: StageOptions = {}): () => Stage {
  let shared: Stage | undefined
  beforeAll(async () => {
    shared = await startStage(options)
  })
  afterAll(async () => {
    await shared?.[Symbol.asyncDispose]()
  })
  return () => {
    if (shared === undefined) throw new Error('the stage has not started')
    return shared
  }
}

let rooms = 0

function enter(stage: Stage): Room {
  const { slack, workspace, maya, homes } = stage
  const channel = slack.addChannel(workspace, `room-${(rooms += 1)}`, { members: [maya] })
  const place = { team: workspace.id, channel: channel.id }
  const until = async (what: string, find: () => Message | undefined) => {
    try {
      return await slack.until(what, find)
    } catch (error) {
      const seen = slack.messages(channel).flatMap((message) => [message, ...slack.thread(message)])
      throw new Error(`no ${what}; in the channel is:\n${seen.map(textOf).join('\n')}`, { cause: error })
    }
  }
  const alarmMessages = () =>
    slack.messages(channel).filter(({ threadTs, blocks }) => threadTs === undefined && isAlarm(blocks))
  return {
    ...stage,
    channel,
    place,
    async bind(migration) {
      const { shortId } = migration
      await homes.moveIn({ ...place, shortId, requester: maya.id, since: 'beginning' })
      return migration
    },
    alarmMessages,
    waitForAlarm: (saying) =>
      until(`an alarm saying ${saying}`, () =>
        alarmMessages().findLast((message) => textOf(message).includes(saying)),
      ),
    waitForCard: (migration, saying = '') =>
      until(`the card of ${migration.shortId} saying ${String(saying)}`, () =>
        slack
          .messages(channel)
          .findLast(
            (message) =>
              isCard(message.blocks) &&
              textOf(message).includes(migration.shortId) &&
              textOf(message).search(saying) >= 0,
          ),
      ),
    waitForMessage: (saying) =>
      until(`a message saying ${saying}`, () =>
        slack
          .messages(channel)
          .findLast((message) => !isCard(message.blocks) && textOf(message).includes(saying)),
      ),
    waitForReply: (card, saying) =>
      until(`a reply saying ${saying}`, () =>
        slack.thread(card).findLast((message) => textOf(message).includes(saying)),
      ),
    waitForEdit: (message, saying) =>
      until(`${message.ts} to say ${saying}`, () => {
        const now = slack.message(message)
        return now !== undefined && textOf(now).includes(saying) ? now : undefined
      }),
    callsOf: (method) => slack.callsOf(method).filter(({ args }) => args.channel === channel.id),
    untilCalled: (method, status) =>
      slack.untilCalled(method, (call) => call.args.channel === channel.id && call.status === status),
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
