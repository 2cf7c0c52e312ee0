/** Slack fails before, while or after something is done: nothing is lost, and nobody is told the wrong thing. */
import { expect, test } from 'vitest'
import { ApiClient } from '../../bot/client/index.ts'
import { DeliveryHandler, Inbox, Performer, ReplayGuard } from '../../bot/inbox/index.ts'
import { Homes, Reaches } from '../../bot/notify/index.ts'
import { Directory, People } from '../../bot/people/index.ts'
import { createSeal, Records } from '../../bot/records/index.ts'
import { Outgoing, realClock, SlackCallError } from '../../bot/slack/index.ts'
import { createSlackLogger } from '../../bot/slack/logger.ts'
import { createWebCalls } from '../../bot/slack/web-calls.ts'
import { WishBook } from '../../bot/wishes/index.ts'
import { type BotTown, startBotTown } from '../support/bot.ts'
import { waitFor } from '../support/wait-for.ts'
import { countingRegistry } from './counting.ts'

const broken = { kind: 'http', status: 500 } as const

test.each([
  ['in the channel', 'chat.postMessage', '/migrate verify'],
  ['to the person', 'response_url', '/migrate start'],
])('when Slack does not take what is said %s of what was done, the person is told that', async (...of) => {
  const [, method, command] = of
  const { registry, runs } = countingRegistry()
  await using town = await startBotTown('http', { registry })
  const { slack, maya, channel } = town
  slack.faults.inject({ method, times: 1, answer: broken })
  await slack.as(maya).type(channel, command)
  await town.heard(maya, 'It may be done, but Slack did not take')
  await town.restart()
  await town.stopBot()
  expect(runs()).toBe(1)
})

test('a click is kept until Slack tells whose it is, however often that fails', async () => {
  const { registry, runs } = countingRegistry()
  await using town = await startBotTown('http', { registry })
  const { slack, maya, channel } = town
  const fault = slack.faults.inject({ method: 'users.info', answer: broken })
  await slack.as(maya).type(channel, '/migrate start')
  await town.heard(maya, 'is done as soon as it does')
  // Each start looks for what was left; more often than it would be tried.
  for (let start = 2; start <= 8; start += 1) {
    await town.restart()
    await waitFor(() => fault.hits() >= start, { describe: () => `start ${start}; asked ${fault.hits()}` })
  }
  expect(runs()).toBe(0)
  fault.remove()
  await town.restart()
  await town.heard(maya, 'started')
  expect(runs()).toBe(1)
  expect(slack.ephemerals(maya).filter(({ text }) => text.includes('as soon as it does'))).toHaveLength(1)
})

test('a delivery is answered in time while Slack does not say which workspace it is of', async () => {
  const { registry } = countingRegistry()
  await using town = await startBotTown('http', { registry, startsBot: false })
  const { slack, settings, maya, channel } = town
  slack.faults.inject({ method: 'auth.test', times: 1, answer: broken })
  await town.restart({ slack: { ...settings.slack, patienceMs: 1_500 } })
  const hang = slack.faults.inject({ method: 'auth.test', answer: { kind: 'hang' } })
  await slack.as(maya).type(channel, '/migrate start')
  const told = await town.heard(maya, 'Godwit does not answer at the moment')
  expect(told.ephemeralTo).toBe(maya.id)
  hang.remove()
})

/** The parts of a bot, with the workspace of `T-AWAY` unknown for now. */
function openInbox({ settings, slack, workspace }: BotTown, stopping: AbortSignal) {
  const { registry, runs } = countingRegistry()
  const { log } = settings
  const api = new ApiClient(settings.api)
  const records = new Records(api)
  const inbox = new Inbox({ records, seal: createSeal(settings.secretKey), clock: realClock, stopping })
  const workspaces = {
    find: async (id: string) => {
      if (id === 'T-AWAY') throw new SlackCallError('auth.test', 'unreachable', 'http_500')
      return { id: workspace.id, token: settings.slack.botToken ?? '', botUserId: 'U0' }
    },
    forget: async () => undefined,
    list: async () => [workspace.id],
  }
  const call = createWebCalls({ apiUrl: slack.apiUrl, logger: createSlackLogger(log) })
  const outgoing = new Outgoing({ workspaces, clock: realClock, call, stopping })
  const people = new People({
    directory: new Directory(outgoing, log),
    grants: settings.roles,
    allowExternal: false,
  })
  const homes = new Homes(records)
  const findDefaultChannel = async () => null
  const reaches = new Reaches({ api, homes, findDefaultChannel, areMany: false })
  const turns = {
    api,
    outgoing,
    homes,
    reaches,
    findDefaultChannel,
    wishes: new WishBook(records),
    log,
    stopping,
  }
  const performer = new Performer({ ...turns, registry, people })
  const replayGuard = new ReplayGuard(records)
  const handler = new DeliveryHandler({
    ...turns,
    workspaces,
    performer,
    inbox,
    replayGuard,
    patienceMs: 60_000,
  })
  return { handler, inbox, records, runs }
}

const left = (town: BotTown, key: string, workspaceId = town.workspace.id) =>
  ({
    kind: 'command',
    key: `command/${key}`,
    workspaceId,
    userId: town.maya.id,
    channelId: town.channel.id,
    triggerId: null,
    responseUrl: null,
    command: '/migrate',
    text: 'start',
  }) as const

test('what was left of a workspace that is away does not hold up the others', async () => {
  await using town = await startBotTown('http', { startsBot: false })
  const { handler, inbox, records, runs } = openInbox(town, new AbortController().signal)
  const { signal } = new AbortController()
  const deliveries = [left(town, 'a', 'T-AWAY'), left(town, 'b')]
  for (const delivery of deliveries) {
    await inbox.take(delivery, signal)
    await inbox.release(delivery)
  }
  await handler.takeUpAbandoned()
  await handler.settle()
  expect(runs()).toBe(1)
  // It waits, as if it had not been tried.
  const waiting = await records.find('inbox/command/a')
  expect(waiting?.value).toMatchObject({ state: 'waiting', attempts: 0 })
  expect(await records.find('lease/inbox/command/a')).toBeNull()
})

test('what is under way is not taken over, however long it takes', async () => {
  await using town = await startBotTown('http', { startsBot: false })
  const stopping = new AbortController()
  const { signal } = stopping
  const records = new Records(new ApiClient(town.settings.api))
  const ticks: (() => void)[] = []
  const clock = { nowMs: () => 0, sleep: () => new Promise<void>((resolve) => void ticks.push(resolve)) }
  const inbox = new Inbox({ records, seal: createSeal(town.settings.secretKey), clock, stopping: signal })
  const delivery = left(town, 'long')
  const lease = 'lease/inbox/command/long'
  await inbox.take(delivery, signal)
  const taken = await records.find(lease)
  ticks.shift()?.()
  await waitFor(async () => (await records.find(lease))?.version !== taken?.version, {
    describe: async () => `the lease to be renewed; it is ${JSON.stringify(await records.find(lease))}`,
  })
  // Not even when the lease has run out.
  await records.delete(lease)
  for await (const { delivery: other } of inbox.takeAbandoned(signal)) expect.fail(`took ${other.key} over`)
  await inbox.finish(delivery)
  expect(await records.find(lease)).toBeNull()
  stopping.abort()
})
