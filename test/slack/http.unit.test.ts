/** What only HTTP has: signatures, replays, the check of the request URL. */
import { createServer, type RequestListener } from 'node:http'
import { expect, test } from 'vitest'
import { listenOnLoopback } from '../support/listen.ts'
import { startBolt, startTown } from './bolt-app.ts'

test('a request URL is verified with a challenge', async () => {
  await using bot = await startBolt('http')
  expect(await bot.slack.verifyRequestUrl()).toBe(true)
})

test('an app that answers the challenge with something else is refused', async () => {
  await using town = await startTown()
  await using server = await serve((_request, response) => response.end('hello'))
  town.slack.deliverTo(server.url)
  expect(await town.slack.verifyRequestUrl()).toBe(false)
})

test.each([
  { what: 'an exact replay', options: {}, status: 200, handled: 2 },
  { what: 'the same from the future', options: { timestampOffsetS: 600 }, status: 200, handled: 2 },
  { what: 'the same, ten minutes old', options: { timestampOffsetS: -600 }, status: 401, handled: 1 },
  { what: 'a wrong signature', options: { signature: 'wrong' }, status: 401, handled: 1 },
] as const)('Bolt by itself answers $what with $status', async ({ options, status, handled }) => {
  await using bot = await startBolt('http')
  const { slack, maya, channel } = bot
  let count = 0
  bot.app.command('/migrate', async ({ ack }) => {
    count += 1
    await ack()
  })
  await slack.as(maya).type(channel, '/migrate')
  expect(await slack.replay(slack.deliveries[0]!, options)).toBe(status)
  expect(count).toBe(handled)
})

test('an app that is not there, or fails, is told to the person as dispatch_failed', async () => {
  await using town = await startTown()
  const { slack, maya, channel } = town
  await using failing = await serve((_request, response) => response.writeHead(500).end())
  slack.deliverTo(failing.url)
  expect(await slack.as(maya).type(channel, '/migrate')).toMatchObject({ error: 'dispatch_failed' })
  slack.deliverTo('http://127.0.0.1:1/slack/events')
  expect(await slack.as(maya).type(channel, '/migrate')).toMatchObject({ error: 'dispatch_failed' })
})

test('an answer to a command that is no message is told to the person', async () => {
  await using town = await startTown()
  const { slack, maya, channel } = town
  await using server = await serve((_request, response) =>
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ blocks: [{ type: 'x' }] })),
  )
  slack.deliverTo(server.url)
  expect(await slack.as(maya).type(channel, '/migrate')).toMatchObject({ error: 'invalid_command_response' })
})

test('an event is retried at once, after a minute and after five; then no more', async () => {
  await using town = await startTown()
  const { slack, maya } = town
  slack.clock.freeze()
  const retries: unknown[] = []
  await using server = await serve((request, response) => {
    retries.push([request.headers['x-slack-retry-num'], request.headers['x-slack-retry-reason']])
    response.writeHead(500).end()
  })
  slack.deliverTo(server.url)
  const answered = (count: number) =>
    slack.until(`${count} deliveries`, () => {
      const { length } = slack.deliveries.filter(({ outcome }) => outcome !== undefined)
      return length >= count || undefined
    })
  await slack.as(maya).openHome()
  for (const [count, waitMs] of [
    [2, 0],
    [3, 60_000],
    [4, 300_000],
  ] as const) {
    slack.clock.advance(waitMs - 1)
    expect(slack.deliveries).toHaveLength(count - 1)
    slack.clock.advance(1)
    await answered(count)
  }
  slack.clock.advance(3_600_000)
  expect(retries).toEqual([
    [undefined, undefined],
    ['1', 'http_error'],
    ['2', 'http_error'],
    ['3', 'http_error'],
  ])
})

test('an app may refuse the retries', async () => {
  await using town = await startTown()
  const { slack, maya } = town
  slack.clock.freeze()
  await using server = await serve((_request, response) =>
    response.writeHead(500, { 'x-slack-no-retry': '1' }).end(),
  )
  slack.deliverTo(server.url)
  await slack.as(maya).openHome()
  slack.clock.advance(3_600_000)
  expect(slack.deliveries).toHaveLength(1)
})

test('events that the app did not subscribe to are not sent', async () => {
  await using bot = await startBolt('http', { slack: { app: { events: [] } } })
  expect(await bot.slack.as(bot.maya).openHome()).toBeUndefined()
  expect(bot.slack.deliveries).toEqual([])
})

async function serve(listener: RequestListener): Promise<AsyncDisposable & { url: string }> {
  const server = createServer(listener)
  const port = await listenOnLoopback(server)
  return {
    url: `http://127.0.0.1:${port}/slack/events`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
