import { getIntrospectionQuery } from 'graphql'
import { expect, test } from 'vitest'
import { postGraphql, shareTestApi, startTestApi } from '../support/api.ts'
import { openWebSocket, subscribeByWebSocket } from './clients.ts'

const sharedApi = shareTestApi()

const nested = (depth: number) =>
  `{ a: nodes(ids: []) ${'{ ... on Migration { events { nodes { migration '.repeat(depth)}{ id }${' } } } }'.repeat(depth)} }`

const excesses = [
  ['QUERY_TOO_DEEP', nested(10)],
  [
    'QUERY_TOO_MANY_ALIASES',
    `{ ${Array.from({ length: 31 }, (_, index) => `a${index}: latestEventCursor`).join(' ')} }`,
  ],
  ['QUERY_TOO_LARGE', `{ ${'latestEventCursor '.repeat(1001)} }`],
  ['QUERY_TOO_COMPLEX', '{ migrations(first: 100) { nodes { lagHistory(limit: 1000) { at } } } }'],
  [
    'QUERY_TOO_COMPLEX',
    'query ($size: Int = 100) { migrations(first: $size) { nodes { tables(last: $size) { nodes { table schema } } } } }',
  ],
  ['QUERY_INVALID', '{ nothing }'],
  ['QUERY_INVALID', '{'],
  ['REQUEST_INVALID', 'query A { me { onBehalfOf } } query B { me { onBehalfOf } }'],
] as const

test.each(excesses)('%s over HTTP, with a remedy and no data', async (code, query) => {
  const api = sharedApi()
  const { data, errors } = await api.query(query)
  expect(data ?? null).toBeNull()
  expect(errors).toMatchObject([{ extensions: { code, remedy: expect.any(String) } }])
})

test('every limit holds over WebSocket too', async () => {
  await using api = await startTestApi()
  const client = openWebSocket(api)
  for (const [code, query] of excesses) {
    await using operation = subscribeByWebSocket(client, query)
    const refused = await operation.next().then(
      ({ errors }) => errors,
      (errors: unknown) => errors,
    )
    expect({ query, refused }).toMatchObject({
      query,
      refused: [{ extensions: { code, remedy: expect.any(String) } }],
    })
  }
})

test('a page of 100 migrations with what a dashboard shows is not too complex', async () => {
  await using api = await startTestApi()
  const { errors } = await api.query(`{
    migrations(first: 100) {
      nodes {
        id shortId name status version availableActions createdAt startedAt finishedAt nextAttemptAt
        source { name host } target { name host } problem { code message remedy }
        lag { bytes seconds } progress { tables copiedTables copiedRows copiedBytes }
        steps { name status }
      }
    }
  }`)
  expect(errors).toBeUndefined()
})

test('the introspection query of common tools passes the limits', async () => {
  await using api = await startTestApi()
  const { data, errors } = await api.query(getIntrospectionQuery({ inputValueDeprecation: true }))
  expect(errors).toBeUndefined()
  expect(data).toMatchObject({ __schema: { queryType: { name: 'Query' } } })
})

test('introspection that is switched off says so', async () => {
  await using api = await startTestApi({ api: { introspection: false } })
  for (const query of ['{ __schema { queryType { name } } }', '{ __type(name: "Query") { name } }']) {
    const { errors } = await api.query(query)
    expect(errors).toMatchObject([{ extensions: { code: 'INTROSPECTION_DISABLED' } }])
  }
  expect((await api.query('{ me { __typename } }')).data).toEqual({ me: { __typename: 'Viewer' } })
})

test('without introspection, mistakes do not suggest names', async () => {
  await using api = await startTestApi({ api: { introspection: false } })
  const { errors } = await api.query('{ nod }')
  expect(errors?.[0]?.message).not.toContain('Did you mean')
})

test('a token that sends too much at once is told to wait, and others are not', async () => {
  await using api = await startTestApi({ api: { limits: { operationBurst: 2, operationsPerSecond: 0.001 } } })
  const { token } = await api.createToken(['read'])
  const send = (by: string) => api.query('{ me { onBehalfOf } }', {}, by)
  expect((await send(token)).status).toBe(200)
  expect((await send(token)).status).toBe(200)
  const { status, errors } = await send(token)
  expect({ status, code: errors?.[0]?.extensions.code }).toEqual({ status: 429, code: 'RATE_LIMITED' })
  expect((await send(api.adminToken)).status).toBe(200)
})

test('the rate counts operations over WebSocket', async () => {
  await using api = await startTestApi({ api: { limits: { operationBurst: 2, operationsPerSecond: 0.001 } } })
  const client = openWebSocket(api)
  const run = async () => {
    await using operation = subscribeByWebSocket(client, '{ me { onBehalfOf } }')
    return await operation.next()
  }
  await run()
  await run()
  await expect(run()).rejects.toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }])
})

test.each(['with a length', 'in chunks'])(
  'a body that is too large is refused with 413 (%s)',
  async (how) => {
    await using api = await startTestApi({ api: { limits: { maxBodyBytes: 10_000 } } })
    const text = JSON.stringify({
      query: '{ me { onBehalfOf } }',
      variables: { padding: 'x'.repeat(20_000) },
    })
    const body = how === 'in chunks' ? new Blob([text]).stream() : text
    const init = {
      method: 'POST',
      headers: { authorization: `Bearer ${api.adminToken}`, 'content-type': 'application/json' },
      body,
      // A stream needs it; the types do not know it.
      duplex: 'half',
    }
    const response = await fetch(api.graphqlUrl, init)
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: 'QUERY_TOO_LARGE', remedy: expect.any(String) } }],
    })
  },
)

test('a WebSocket message that is too large closes the socket', async () => {
  await using api = await startTestApi({ api: { limits: { maxBodyBytes: 10_000 } } })
  const client = openWebSocket(api)
  await using operation = subscribeByWebSocket(client, '{ me { onBehalfOf } }', {
    padding: 'x'.repeat(20_000),
  })
  await expect(operation.next()).rejects.toMatchObject({ code: 1009 })
})

test.each([
  ['not JSON', 'nonsense'],
  ['a batch', '[{ "query": "{ me { onBehalfOf } }" }]'],
  ['no query', '{ "variables": {} }'],
  ['a query that is no text', '{ "query": 5 }'],
])('a body that is %s is refused', async (_what, body) => {
  const api = sharedApi()
  const response = await fetch(api.graphqlUrl, {
    method: 'POST',
    headers: { authorization: `Bearer ${api.adminToken}`, 'content-type': 'application/json' },
    body,
  })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'REQUEST_INVALID' } }] })
})

test('a form, which a page of another origin could send, is refused', async () => {
  await using api = await startTestApi()
  const response = await fetch(api.graphqlUrl, {
    method: 'POST',
    headers: { authorization: `Bearer ${api.adminToken}` },
    body: new URLSearchParams({ query: '{ me { onBehalfOf } }' }),
  })
  expect(response.status).toBe(400)
})

test('a mutation over GET is refused', async () => {
  await using api = await startTestApi()
  const query = 'mutation { deleteEndpoint(input: { id: "x" }) { __typename } }'
  const response = await fetch(`${api.graphqlUrl}?query=${encodeURIComponent(query)}`, {
    headers: { authorization: `Bearer ${api.adminToken}` },
  })
  expect(response.status).toBe(405)
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'REQUEST_INVALID' } }] })
})

test('a query over GET is answered', async () => {
  await using api = await startTestApi()
  const response = await fetch(`${api.graphqlUrl}?query=${encodeURIComponent('{ me { onBehalfOf } }')}`, {
    headers: { authorization: `Bearer ${api.adminToken}` },
  })
  expect(await response.json()).toEqual({ data: { me: { onBehalfOf: null } } })
})

test('a page of another origin is refused, and nothing is allowed to any origin', async () => {
  await using api = await startTestApi()
  const query = { query: '{ me { onBehalfOf } }' }
  const authorization = `Bearer ${api.adminToken}`
  const foreign = await postGraphql(api.graphqlUrl, query, { authorization, origin: 'https://evil.example' })
  expect({ status: foreign.status, code: foreign.errors?.[0]?.extensions.code }).toEqual({
    status: 403,
    code: 'FORBIDDEN',
  })
  const own = await postGraphql(api.graphqlUrl, query, { authorization, origin: api.url })
  expect(own.status).toBe(200)
  const preflight = await fetch(api.graphqlUrl, { method: 'OPTIONS', headers: { origin: api.url } })
  expect(preflight.headers.get('access-control-allow-origin')).toBeNull()
})
