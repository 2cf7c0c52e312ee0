/** The bot's subscription to the API, when what is between them fails. */
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { ApiClient, ApiUnreachableError, graphql } from '../../bot/client/index.ts'
import { createMigration } from '../db/fixtures.ts'
import { startTestApi } from '../support/api.ts'
import { listenOnLoopback } from '../support/listen.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'

const Feed = graphql('subscription Followed($after: EventCursor!) { events(after: $after) { cursor } }')
const Latest = graphql('query Latest { latestEventCursor }')

test('a server that goes away while the bot stops does not bring the bot down', async () => {
  await using server = createServer()
  const port = await listenOnLoopback(server)
  const stop = new AbortController()
  // Nothing is acknowledged: the bot is still connecting when it stops.
  new WebSocketServer({ server }).on('connection', (socket) => {
    stop.abort()
    socket.close(1001, 'Going away')
  })
  const client = new ApiClient({ url: `http://127.0.0.1:${port}`, token: 'none' })
  const items = client.follow(Feed, { after: '' }, stop.signal)
  expect(await items.next()).toEqual({ done: true, value: undefined })
})

test('a connection that died without a word is broken off', async () => {
  await using api = await startTestApi()
  const { hostname, port } = new URL(api.url)
  await using proxy = await startTcpProxy({ host: hostname, port: Number(port) })
  const access = { token: api.adminToken, silenceMs: 1_000 }
  const { latestEventCursor: after } = await new ApiClient({ ...access, url: api.url }).execute(Latest, {})
  const client = new ApiClient({ ...access, url: `http://${proxy.host}:${proxy.port}` })
  const followed = client.follow(Feed, { after }, new AbortController().signal)
  const first = followed.next()
  await createMigration(api.stores)
  await first
  proxy.stall()
  await expect(followed.next()).rejects.toThrow(ApiUnreachableError)
})
