/** What only Socket Mode has: connections that come and go, envelopes that are acknowledged or sent again. */
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { Slack } from '../support/slack/index.ts'
import { type BoltApp, startBolt, startTown } from './bolt-app.ts'

test.each(['refresh_requested', 'warning'] as const)(
  'Bolt connects anew when told to: %s',
  async (reason) => {
    await using bot = await startBolt('socket', { reconnectAfterMs: 300 })
    const { slack, maya, channel } = bot
    bot.app.command('/migrate', async ({ ack }) => ack('here'))
    slack.sockets.disconnect(reason)
    await slack.untilConnected(0)
    expect(await slack.as(maya).type(channel, '/migrate')).toMatchObject({ error: 'dispatch_failed' })
    await typeOnceConnected(bot)
    expect(slack.ephemerals(maya)).toContainEqual(expect.objectContaining({ text: 'here' }))
  },
)

test('Bolt connects anew when the connection breaks', async () => {
  await using bot = await startBolt('socket', { reconnectAfterMs: 300 })
  const { slack, maya } = bot
  bot.app.command('/migrate', async ({ ack }) => ack('here'))
  slack.sockets.drop()
  await slack.untilConnected(0)
  await typeOnceConnected(bot)
  expect(slack.ephemerals(maya)).toContainEqual(expect.objectContaining({ text: 'here' }))
})

test('the connections take turns', async () => {
  await using town = await startTown()
  const { slack, maya, channel } = town
  const first = await connect(slack)
  const second = await connect(slack)
  first.acknowledges = true
  second.acknowledges = true
  await slack.as(maya).type(channel, '/migrate 1')
  await slack.as(maya).type(channel, '/migrate 2')
  expect([first.envelopes.length, second.envelopes.length]).toEqual([1, 1])
  expect(second.envelopes[0]).toMatchObject({ type: 'slash_commands', accepts_response_payload: true })
})

test('a connection that was told to go gets nothing new while there is another, and is closed', async () => {
  await using town = await startTown()
  const { slack, maya, channel } = town
  const old = await connect(slack)
  old.acknowledges = true
  slack.sockets.disconnect('warning')
  await slack.as(maya).type(channel, '/migrate still here')
  const fresh = await connect(slack)
  fresh.acknowledges = true
  await slack.as(maya).type(channel, '/migrate 1')
  await slack.as(maya).type(channel, '/migrate 2')
  expect([old.envelopes.length, fresh.envelopes.length]).toEqual([1, 2])
  slack.clock.advance(10_000)
  await slack.untilConnected(1)
})

test('what was not acknowledged when a connection broke is sent on another', async () => {
  await using town = await startTown()
  const { slack, maya, channel } = town
  const first = await connect(slack)
  const typed = slack.as(maya).type(channel, '/migrate')
  await first.received()
  const second = await connect(slack)
  second.acknowledges = true
  first.socket.terminate()
  expect((await typed).error).toBeUndefined()
  expect(second.envelopes).toMatchObject([{ envelope_id: first.envelopes[0]?.envelope_id }])
})

test('what nobody acknowledges fails after three seconds', async () => {
  await using town = await startTown()
  const { slack, maya, channel } = town
  const only = await connect(slack)
  const typed = slack.as(maya).type(channel, '/migrate')
  await only.received()
  slack.clock.advance(3000)
  expect(await typed).toMatchObject({ error: 'operation_timeout' })
})

test('a URL is good for one connection, and not for long', async () => {
  await using town = await startTown()
  const { slack } = town
  const url = await openUrl(slack)
  await connect(slack, url)
  await expect(connect(slack, url)).rejects.toThrow(/403/)
  const old = await openUrl(slack)
  slack.clock.advance(30_001)
  await expect(connect(slack, old)).rejects.toThrow(/403/)
})

test('an app has ten connections at most', async () => {
  await using town = await startTown()
  const { slack } = town
  for (let count = 1; count <= 10; count += 1) await connect(slack)
  const eleventh = await connect(slack)
  expect(eleventh.first).toMatchObject({ type: 'disconnect', reason: 'too_many_websockets' })
  expect(slack.sockets.connectionCount).toBe(10)
})

test('the greeting says how many connections there are', async () => {
  await using town = await startTown()
  await connect(town.slack)
  const second = await connect(town.slack)
  expect(second.first).toMatchObject({
    type: 'hello',
    num_connections: 2,
    connection_info: { app_id: town.slack.app.appId },
  })
})

test('a frame of more than 20 KiB breaks the connection', async () => {
  await using town = await startTown()
  const { slack } = town
  const { socket } = await connect(slack)
  const closed = Promise.withResolvers<number>()
  socket.on('close', (code) => closed.resolve(code))
  socket.send('x'.repeat(20_480))
  expect(slack.sockets.connectionCount).toBe(1)
  socket.send('x'.repeat(20_481))
  expect(await closed.promise).toBe(1009)
})

test('what was sent before can be sent again', async () => {
  await using bot = await startBolt('socket')
  const { slack, maya, channel } = bot
  let count = 0
  bot.app.command('/migrate', async ({ ack }) => {
    count += 1
    await ack()
  })
  await slack.as(maya).type(channel, '/migrate')
  await slack.deliver(slack.deliveries[0]!)
  expect(count).toBe(2)
  await expect(slack.replay(slack.deliveries[0]!)).rejects.toThrow(/only what went over HTTP/)
})

/** Bolt may give up a connection again before it is used, when the machine is too busy for its pongs. */
async function typeOnceConnected({ slack, maya, channel }: BoltApp): Promise<void> {
  do await slack.untilConnected()
  while ((await slack.as(maya).type(channel, '/migrate')).error === 'dispatch_failed')
}

interface Client {
  readonly socket: WebSocket
  /** The first thing that Slack said. */
  readonly first: Record<string, unknown>
  readonly envelopes: Record<string, unknown>[]
  acknowledges: boolean
  readonly received: () => Promise<void>
}

async function openUrl(slack: Slack): Promise<string> {
  const response = await fetch(`${slack.apiUrl}apps.connections.open`, {
    method: 'POST',
    headers: { authorization: `Bearer ${slack.app.appToken}` },
  })
  const { url }: { url: string } = await response.json()
  return url
}

/** A client of Socket Mode that does only what it is told. */
async function connect(slack: Slack, url?: string): Promise<Client> {
  const socket = new WebSocket(url ?? (await openUrl(slack)))
  const greeted = Promise.withResolvers<Record<string, unknown>>()
  const arrived = Promise.withResolvers<void>()
  const envelopes: Record<string, unknown>[] = []
  socket.on('error', greeted.reject)
  socket.on('message', (data: Buffer) => {
    const message: Record<string, unknown> = JSON.parse(data.toString())
    greeted.resolve(message)
    if (message.envelope_id === undefined) return
    envelopes.push(message)
    arrived.resolve()
    if (client.acknowledges) socket.send(JSON.stringify({ envelope_id: message.envelope_id }))
  })
  const client: Client = {
    socket,
    first: await greeted.promise,
    envelopes,
    acknowledges: false,
    received: () => arrived.promise,
  }
  return client
}
