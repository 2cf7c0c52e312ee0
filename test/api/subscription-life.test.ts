import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { ControlStores } from '../../engine/index.ts'
import { createMigration, makeRunning } from '../db/fixtures.ts'
import { startTestApi, type TestApi } from '../support/api.ts'
import { waitFor } from '../support/servers.ts'
import { openWebSocket, subscribeBySse, subscribeByWebSocket } from './clients.ts'

const feed =
  'subscription ($id: ID!) { migrationEvents(id: $id) { cursor ... on Event { sequence message } } }'

/** Tells how many follow the doorbell, and how many events were read of the log. */
function observe() {
  const seen = { listeners: 0, eventsRead: 0 }
  const changeStores = (stores: ControlStores): ControlStores => ({
    ...stores,
    doorbell: {
      subscribe: (listener) => {
        seen.listeners++
        const subscription = stores.doorbell.subscribe(listener)
        return {
          [Symbol.dispose]: () => {
            seen.listeners--
            subscription[Symbol.dispose]()
          },
        }
      },
    },
    events: {
      ...stores.events,
      readMigration: async (...args) => {
        const events = await stores.events.readMigration(...args)
        seen.eventsRead += events.length
        return events
      },
    },
  })
  return { seen, changeStores }
}

const noListeners = (seen: { listeners: number }) =>
  waitFor(() => seen.listeners === 0, { describe: 'the sources of subscriptions to end' })

test('a source ends when its client unsubscribes, also while nothing happens', async () => {
  const { seen, changeStores } = observe()
  await using api = await startTestApi({
    changeStores,
    api: { subscriptions: { pollMs: 3_600_000, heartbeatMs: 3_600_000 } },
  })
  const { id } = await createMigration(api.stores)
  {
    await using overSse = await subscribeBySse(api, feed, { id })
    await using overWebSocket = subscribeByWebSocket(openWebSocket(api), feed, { id })
    await Promise.all([overSse.next(), overWebSocket.next()])
    expect(seen.listeners).toBe(2)
  }
  await noListeners(seen)
})

test('a source ends when the socket of its client breaks', async () => {
  const { seen, changeStores } = observe()
  await using api = await startTestApi({
    changeStores,
    api: { subscriptions: { pollMs: 3_600_000, heartbeatMs: 3_600_000 } },
  })
  const { id } = await createMigration(api.stores)
  let socket: WebSocket | undefined
  const client = openWebSocket(api, {
    on: {
      opened: (opened) => {
        if (opened instanceof WebSocket) socket = opened
      },
    },
  })
  await using subscription = subscribeByWebSocket(client, feed, { id })
  await subscription.next()
  expect(seen.listeners).toBe(1)
  socket!.terminate()
  await expect(subscription.next()).rejects.toBeDefined()
  await noListeners(seen)
})

test.each(['WebSocket', 'server-sent events'])(
  '%s: a subscription ends when its token is revoked',
  async (transport) => {
    const { seen, changeStores } = observe()
    await using api = await startTestApi({ changeStores, api: { subscriptions: { recheckMs: 50 } } })
    const { id } = await createMigration(api.stores)
    const { id: tokenId, token } = await api.createToken(['read'])
    await using subscription =
      transport === 'WebSocket'
        ? subscribeByWebSocket(openWebSocket(api, { token }), feed, { id })
        : await subscribeBySse(api, feed, { id }, token)
    await subscription.next()
    await api.mutate('revokeApiToken', { id: tokenId }, 'token { id }')
    expect(await subscription.next()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
    expect(await subscription.ended()).toBe(true)
    await noListeners(seen)
  },
)

test('an open WebSocket does nothing more for a token that was revoked', async () => {
  await using api = await startTestApi()
  const { id: tokenId, token } = await api.createToken(['read'])
  const client = openWebSocket(api, { token, lazy: false })
  const run = async () => {
    await using operation = subscribeByWebSocket(client, '{ me { onBehalfOf } }')
    return await operation.next()
  }
  expect(await run()).toEqual({ data: { me: { onBehalfOf: null } } })
  await api.mutate('revokeApiToken', { id: tokenId }, 'token { id }')
  await expect(run()).rejects.toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
})

test.each([
  ['without a token', {}, 4401],
  ['with an unknown token', { authorization: 'Bearer gw_unknown' }, 4401],
])('a WebSocket %s is closed with a code', async (_how, connectionParams, code) => {
  await using api = await startTestApi()
  const client = openWebSocket(api, { connectionParams })
  await using operation = subscribeByWebSocket(client, '{ me { onBehalfOf } }')
  await expect(operation.next()).rejects.toMatchObject({ code, reason: 'UNAUTHENTICATED' })
})

test('a WebSocket may carry its token in a header instead', async () => {
  await using api = await startTestApi()
  class WithHeader extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { headers: { authorization: `Bearer ${api.adminToken}` } })
    }
  }
  const client = openWebSocket(api, { connectionParams: {}, webSocketImpl: WithHeader })
  await using operation = subscribeByWebSocket(client, '{ me { token { name } } }')
  expect(await operation.next()).toEqual({ data: { me: { token: { name: 'first admin' } } } })
})

test('a WebSocket of a page of another origin is refused', async () => {
  await using api = await startTestApi()
  const socket = new WebSocket(api.graphqlUrl.replace('http', 'ws'), 'graphql-transport-ws', {
    origin: 'https://evil.example',
  })
  const status = await new Promise((resolve) =>
    socket.once('unexpected-response', (_request, answer) => resolve(answer.statusCode)),
  )
  expect(status).toBe(403)
})

test('who subscribes to more than a token may is refused, until others end', async () => {
  const { seen, changeStores } = observe()
  await using api = await startTestApi({ changeStores, api: { limits: { maxSubscriptionsPerToken: 1 } } })
  const { id } = await createMigration(api.stores)
  {
    await using first = await subscribeBySse(api, feed, { id })
    await first.next()
    await using second = await subscribeBySse(api, feed, { id })
    expect(await second.next()).toMatchObject({
      errors: [{ extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } }],
    })
  }
  await noListeners(seen)
  await using third = await subscribeBySse(api, feed, { id })
  expect((await third.next()).errors).toBeUndefined()
})

const manyEvents = 3000
const messageBytes = 20_000

/** More than the buffers between two sockets hold. */
async function writeManyEvents(api: TestApi, migrationId: string): Promise<void> {
  await api.database.query(
    `insert into godwit_control.events
       (id, migration_id, sequence, type, message, payload, actor_kind, actor_id, actor_name)
     select gen_random_uuid(), $1, n, 'NOTE', repeat('x', $3), '{}', 'system', 'test', 'test'
     from generate_series(2, $2::int) n`,
    [migrationId, manyEvents, messageBytes],
  )
}

/** Resolves when nothing more was read for a while. */
async function untilReadingStops(seen: { eventsRead: number }): Promise<void> {
  let before = -1
  await waitFor(
    () => {
      const stopped = seen.eventsRead > 0 && seen.eventsRead === before
      before = seen.eventsRead
      return stopped
    },
    { pollMs: 1000, describe: 'the log to be read no further' },
  )
}

test('WebSocket: a client that does not read holds little, and gets everything when it reads on', async () => {
  const { seen, changeStores } = observe()
  await using api = await startTestApi({ changeStores })
  const { id } = await createMigration(api.stores)
  await writeManyEvents(api, id)
  let socket: WebSocket | undefined
  const client = openWebSocket(api, {
    on: {
      opened: (opened) => {
        if (opened instanceof WebSocket) socket = opened
      },
    },
  })
  const received: string[] = []
  const done = Promise.withResolvers<void>()
  client.subscribe<{ migrationEvents: { sequence: string } }>(
    { query: feed, variables: { id } },
    {
      next: ({ data }) => {
        received.push(data!.migrationEvents.sequence)
        if (received.length === 1) socket!.pause()
        if (received.length === manyEvents) done.resolve()
      },
      error: done.reject,
      complete: () => done.reject(new Error('ended early')),
    },
  )
  await untilReadingStops(seen)
  expect(seen.eventsRead).toBeLessThan(manyEvents / 2)
  socket!.resume()
  await done.promise
  expect(received).toEqual(Array.from({ length: manyEvents }, (_, index) => String(index + 1)))
  await client.dispose()
})

test('server-sent events: a client that does not read holds little, and its source ends when it goes', async () => {
  const { seen, changeStores } = observe()
  await using api = await startTestApi({ changeStores })
  const { id } = await createMigration(api.stores)
  await writeManyEvents(api, id)
  const { hostname, port } = new URL(api.url)
  const socket = connect(Number(port), hostname)
  const body = JSON.stringify({ query: feed, variables: { id } })
  socket.pause()
  socket.write(
    [
      'POST /graphql HTTP/1.1',
      `Host: ${hostname}:${port}`,
      'Accept: text/event-stream',
      'Content-Type: application/json',
      `Authorization: Bearer ${api.adminToken}`,
      `Content-Length: ${body.length}`,
      '',
      body,
    ].join('\r\n'),
  )
  await untilReadingStops(seen)
  expect(seen.eventsRead).toBeLessThan(manyEvents / 2)
  socket.destroy()
  await noListeners(seen)
})

test('when the server stops, sockets are closed with 1001 and streams are cut', async () => {
  const { seen, changeStores } = observe()
  await using api = await startTestApi({ changeStores })
  const { migration } = await makeRunning(api.stores)
  const { length } = await api.stores.events.readMigration(migration.id, 0n, 100)
  await using overWebSocket = subscribeByWebSocket(openWebSocket(api), feed, { id: migration.id })
  await using overSse = await subscribeBySse(api, feed, { id: migration.id })
  for (let count = 0; count < length; count++) await Promise.all([overWebSocket.next(), overSse.next()])
  const closed = overWebSocket.next().catch((error: unknown) => error)
  const cut = overSse.next().catch((error: unknown) => error)
  await api.stop()
  expect(await closed).toMatchObject({ code: 1001 })
  expect(await cut).toBeInstanceOf(TypeError)
  await noListeners(seen)
})
