import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { startApi } from '../../api/server.ts'
import { measureCutover, searchObjects, testConnection } from '../../engine/index.ts'
import { startTestApi } from '../support/api.ts'

test('/health says that the process lives, without a token', async () => {
  await using api = await startTestApi()
  const response = await fetch(`${api.url}/health`)
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ status: 'alive' })
})

test.each([
  [true, 200, 'ready'],
  [false, 503, 'not ready'],
])('/ready says whether the control database answers (%s)', async (isReady, status, word) => {
  await using api = await startTestApi({
    changeStores: (stores) => ({ ...stores, isReady: async () => isReady && (await stores.isReady()) }),
  })
  const response = await fetch(`${api.url}/ready`)
  expect({ status: response.status, body: await response.json() }).toEqual({ status, body: { status: word } })
})

test('any other path is an error that says where things are', async () => {
  await using api = await startTestApi()
  for (const path of ['/', '/graphql/', '/nothing', '/health/x']) {
    const response = await fetch(`${api.url}${path}`)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: 'NOT_FOUND', remedy: expect.stringContaining('/graphql') } }],
    })
  }
})

test('a browser gets GraphiQL when it is switched on, and is told when it is not', async () => {
  const headers = { accept: 'text/html' }
  await using on = await startTestApi({ api: { graphiql: true } })
  const page = await fetch(on.graphqlUrl, { headers })
  expect(page.headers.get('content-type')).toContain('text/html')
  expect(await page.text()).toContain('Godwit')
  await using off = await startTestApi()
  const refusal = await fetch(off.graphqlUrl, { headers })
  expect(refusal.status).toBe(404)
  expect(await refusal.json()).toMatchObject({
    errors: [{ message: 'GraphiQL is switched off on this server.' }],
  })
})

test('a method that GraphQL does not have is refused', async () => {
  await using api = await startTestApi()
  const response = await fetch(api.graphqlUrl, { method: 'PUT', body: '{}' })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'REQUEST_INVALID' } }] })
})

test('a Host header that no URL can have is refused, without a stack', async () => {
  await using api = await startTestApi()
  const { hostname, port } = new URL(api.url)
  const socket = connect(Number(port), hostname)
  socket.end('GET /graphql?query=x HTTP/1.1\r\nHost: [\r\nConnection: close\r\n\r\n')
  const answer = await text(socket)
  expect(answer).toMatch(/^HTTP\/1.1 400/)
  expect(answer).toContain('REQUEST_INVALID')
  expect(answer).not.toContain('node_modules')
})

test('a port that is taken is an error with a remedy', async () => {
  await using api = await startTestApi()
  const port = Number(new URL(api.url).port)
  const second = startApi({
    stores: api.stores,
    testConnection,
    searchObjects,
    measureCutover,
    log: pino({ level: 'silent' }),
    host: '127.0.0.1',
    port,
    options: { introspection: false, graphiql: false },
  })
  await expect(second).rejects.toMatchObject({
    code: 'CONFIGURATION_INVALID',
    remedy: expect.stringContaining('PORT'),
  })
})

test('an answer that is being made when the server stops is finished', async () => {
  const asked = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  await using api = await startTestApi({
    changeStores: (stores) => ({
      ...stores,
      migrations: {
        ...stores.migrations,
        find: async (id) => {
          asked.resolve()
          await goOn.promise
          return await stores.migrations.find(id)
        },
      },
    }),
  })
  const answer = api.query('{ migration(id: "m-7f3k") { id } }')
  await asked.promise
  const stopped = api.stop()
  await expect(fetch(`${api.url}/health`)).rejects.toThrow('fetch failed')
  goOn.resolve()
  expect((await answer).data).toEqual({ migration: null })
  await stopped
})
