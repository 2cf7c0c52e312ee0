/** What becomes of what people do when it cannot be done at once. */
import { expect, test } from 'vitest'
import { ApiClient, ApiUnreachableError } from '../../bot/client/index.ts'
import { Inbox } from '../../bot/inbox/index.ts'
import { createSeal, Records } from '../../bot/records/index.ts'
import { type ActionDelivery, realClock } from '../../bot/slack/index.ts'
import { type BotTown, startBotTown } from '../support/bot.ts'
import { openGate } from '../support/gate.ts'
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

test('a click is written down once, whichever request for that was the last of a process', async () => {
  await using town = await startBotTown('http', { startsBot: false })
  await using gate = await openGate({ '/graphql': town.api.url })
  const { signal } = new AbortController()
  const last = [1, 2].flatMap((n) => (['before', 'after'] as const).map((side) => ({ n, side })))
  for (const [index, { n, side }] of last.entries()) {
    const click = clickBy(town, `1.${index}`)
    const died = openInbox(town, gate.url)
    gate.watch({
      before: (count) => count < n || (count === n && side === 'after'),
      after: (count) => count < n,
    })
    await died.take(click, signal).catch(() => undefined)
    const next = openInbox(town)
    // Slack brings it again, and who was not answered clicks again.
    await next.take(click, signal)
    await next.take({ ...click, key: `${click.key}-again` }, signal)
    const waiting: unknown[] = []
    for await (const { value } of new Records(new ApiClient(town.settings.api)).list('inbox/action/'))
      if (JSON.stringify(value).includes('waiting')) waiting.push(value)
    expect({ n, side, waiting: waiting.length }).toEqual({ n, side, waiting: index + 1 })
  }
})

test('what was left is taken up when it comes again, and else by one of two processes', async () => {
  await using town = await startBotTown('http', { startsBot: false })
  const { workspace, maya, channel } = town
  const { signal } = new AbortController()
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
  const first = openInbox(town)
  expect(await first.take(delivery, signal)).toEqual({ delivery, attempts: 0 })
  expect(await openInbox(town).take(delivery, signal)).toBeUndefined()
  await first.release(delivery)
  const second = openInbox(town)
  expect(await second.take(delivery, signal)).toEqual({ delivery, attempts: 1 })
  await second.release(delivery)
  const taken: unknown[] = []
  const takeUp = async (inbox: Inbox) => {
    for await (const each of inbox.takeAbandoned(signal)) taken.push(each)
  }
  await Promise.all([takeUp(openInbox(town)), takeUp(openInbox(town))])
  expect(taken).toEqual([{ delivery, attempts: 2 }])
})

/** As another process has it. */
function openInbox({ settings }: BotTown, apiUrl = settings.api.url): Inbox {
  return new Inbox({
    records: new Records(new ApiClient({ ...settings.api, url: apiUrl })),
    seal: createSeal(settings.secretKey),
    clock: realClock,
    stopping: new AbortController().signal,
  })
}

function clickBy({ workspace, maya, channel }: BotTown, messageTs: string): ActionDelivery {
  return {
    kind: 'action',
    key: `action/on-${messageTs}`,
    workspaceId: workspace.id,
    userId: maya.id,
    channelId: channel.id,
    triggerId: null,
    responseUrl: null,
    actionId: 'migration.verify',
    blockId: 'buttons',
    value: undefined,
    element: {},
    messageTs,
    threadTs: null,
    isEphemeral: false,
    view: null,
  }
}
