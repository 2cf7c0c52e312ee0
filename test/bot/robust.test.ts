/** What becomes of what people do when it cannot be done at once. */
import { expect, test } from 'vitest'
import { ApiClient, ApiUnreachableError } from '../../bot/client/index.ts'
import { Inbox } from '../../bot/inbox/index.ts'
import { createSeal, Records } from '../../bot/records/index.ts'
import { realClock } from '../../bot/slack/index.ts'
import { startBotTown } from '../support/bot.ts'
import { waitFor } from '../support/wait-for.ts'
import { countingRegistry } from './counting.ts'

test('who asked for what cannot be done however often it is tried is told so, once', async () => {
  const { registry } = countingRegistry()
  let runs = 0
  const start = {
    run: async () => {
      runs += 1
      throw new ApiUnreachableError('a part of Godwit is away')
    },
  }
  await using town = await startBotTown('http', {
    registry: { ...registry, commands: { ...registry.commands, start } },
  })
  const { slack, maya, channel } = town
  await slack.as(maya).type(channel, '/migrate start')
  // Each start looks for what was left.
  for (let attempt = 1; attempt <= 6; attempt += 1) {
    await waitFor(() => runs === attempt, { describe: () => `attempt ${attempt}; there were ${runs}` })
    await town.restart()
  }
  await town.heard(maya, 'could not be done, although it was tried several times')
  await town.restart()
  await town.stopBot()
  expect(runs).toBe(6)
  expect(slack.ephemerals(maya).filter(({ text }) => text.includes('several times'))).toHaveLength(1)
})

test('errors in a modal that was submitted before a crash are told to the person', async () => {
  const { registry } = countingRegistry()
  let isAway = true
  const known = registry.modals['test.modal']!
  const modals = {
    'test.modal': {
      submit: async (...args: Parameters<typeof known.submit>) => {
        if (isAway) throw new ApiUnreachableError('a part of Godwit is away')
        return known.submit(...args)
      },
    },
  }
  await using town = await startBotTown('http', { registry: { ...registry, modals } })
  const { slack, maya, channel } = town
  await slack.as(maya).type(channel, '/migrate new')
  await slack.as(maya).submit(await slack.waitForModal(maya), { Name: 'no' })
  isAway = false
  await town.restart()
  const told = await slack.waitForMessage(({ text }) => text.includes('Not this one.'))
  expect(slack.messagesSeenBy(maya).filter(({ text }) => text === told.text)).toHaveLength(1)
})

test('what is sent while Socket Mode connects anew, or after its connection has broken, is done once', async () => {
  const { registry, runs } = countingRegistry()
  await using town = await startBotTown('socket', { registry })
  const { slack, maya, channel } = town
  const renew = [() => slack.sockets.disconnect('refresh_requested'), () => slack.sockets.drop()]
  for (const [index, act] of renew.entries()) {
    const before = slack.callsOf('apps.connections.open').length
    act()
    const typed = slack.as(maya).type(channel, '/migrate start')
    await slack.untilCalled(
      'apps.connections.open',
      () => slack.callsOf('apps.connections.open').length > before,
    )
    const { error } = await typed
    // Slack itself says so where there was no connection to send it on.
    if (error !== undefined) await slack.as(maya).type(channel, '/migrate start')
    await slack.until('an answer', () => slack.ephemerals(maya).length > index || undefined)
  }
  await town.stopBot()
  expect(runs()).toBe(2)
})

test('of two processes one takes up what was left', async () => {
  await using town = await startBotTown('http', { startsBot: false })
  const { settings, workspace, maya, channel } = town
  const { signal } = new AbortController()
  const open = () =>
    new Inbox({
      records: new Records(new ApiClient(settings.api)),
      seal: createSeal(settings.secretKey),
      clock: realClock,
      stopping: signal,
    })
  const delivery = {
    kind: 'command',
    key: 'command/left',
    workspaceId: workspace.id,
    userId: maya.id,
    channelId: channel.id,
    triggerId: null,
    responseUrl: null,
    command: '/migrate',
    text: 'start',
  } as const
  const first = open()
  expect(await first.take(delivery, signal)).toBe(true)
  await first.release(delivery)
  const taken: unknown[] = []
  const takeUp = async (inbox: Inbox) => {
    for await (const each of inbox.takeAbandoned(signal)) taken.push(each)
  }
  await Promise.all([takeUp(open()), takeUp(open())])
  expect(taken).toEqual([{ delivery, attempts: 1 }])
})
