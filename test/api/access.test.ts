import { expect, test } from 'vitest'
import { postGraphql, shareTestApi, startTestApi } from '../support/api.ts'
import { openWebSocket, subscribeByWebSocket } from './clients.ts'

const sharedApi = shareTestApi()

const whoAmI = '{ me { token { name } scopes onBehalfOf } }'

test('a request without a token is refused with 401, a code and a remedy', async () => {
  await using api = await startTestApi()
  const response = await fetch(api.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: whoAmI }),
  })
  expect(response.status).toBe(401)
  expect(response.headers.get('www-authenticate')).toContain('Bearer')
  expect(await response.json()).toEqual({
    errors: [
      {
        message: expect.any(String),
        extensions: { code: 'UNAUTHENTICATED', remedy: expect.stringContaining('Authorization: Bearer') },
      },
    ],
  })
})

test.each(['Basic Z3c6eA==', 'Bearer', 'Bearer gw_unknown', `Bearer gw_${'0'.repeat(32)}_${'a'.repeat(43)}`])(
  'the authorization %j is refused',
  async (authorization) => {
    const api = sharedApi()
    const { status, errors } = await postGraphql(api.graphqlUrl, { query: whoAmI }, { authorization })
    expect({ status, code: errors?.[0]?.extensions.code }).toEqual({ status: 401, code: 'UNAUTHENTICATED' })
  },
)

test('a token that has expired is refused by name', async () => {
  await using api = await startTestApi()
  const { id, token } = await api.createToken(['read'], new Date(Date.now() + 3_600_000))
  await api.database.query(
    `update godwit_control.api_tokens set expires_at = clock_timestamp() - interval '1 second' where id = $1`,
    [id],
  )
  const { status, errors } = await api.query(whoAmI, {}, token)
  expect({ status, code: errors?.[0]?.extensions.code }).toEqual({ status: 401, code: 'TOKEN_EXPIRED' })
})

test('a token is created, used, listed without its secret, and revoked', async () => {
  await using api = await startTestApi()
  const created = await api.mutate<{ secret: string; token: { id: string } }>(
    'createApiToken',
    { name: 'dashboard', scopes: ['READ'] },
    'secret token { id name scopes expiresAt revokedAt }',
  )
  expect(created).toMatchObject({
    secret: expect.stringMatching(/^gw_/),
    token: { name: 'dashboard', scopes: ['READ'], expiresAt: null, revokedAt: null },
  })
  const { data } = await api.query(whoAmI, {}, created.secret)
  expect(data).toEqual({ me: { token: { name: 'dashboard' }, scopes: ['READ'], onBehalfOf: null } })
  const list = await api.query('{ apiTokens { nodes { id name lastUsedAt } } }')
  expect(list.data).toEqual({
    apiTokens: {
      nodes: [
        { id: created.token.id, name: 'dashboard', lastUsedAt: expect.any(String) },
        expect.objectContaining({ name: 'first admin' }),
      ],
    },
  })
  expect(JSON.stringify(list)).not.toContain(created.secret)
  await api.mutate('revokeApiToken', { id: created.token.id }, 'token { revokedAt }')
  const after = await api.query(whoAmI, {}, created.secret)
  expect({ status: after.status, code: after.errors?.[0]?.extensions.code }).toEqual({
    status: 401,
    code: 'UNAUTHENTICATED',
  })
})

test('a repeated createApiToken answers with the same token, and no secret', async () => {
  await using api = await startTestApi()
  const create = () =>
    api.mutate<{ secret: string | null; token: { id: string } }>(
      'createApiToken',
      { name: 'once', scopes: ['READ', 'OPERATE'], idempotencyKey: 'key-1' },
      'secret token { id }',
    )
  const first = await create()
  expect(await create()).toEqual({ ...first, secret: null })
})

test('a token cannot do what its scopes do not say', async () => {
  await using api = await startTestApi()
  const { token } = await api.createToken(['read'])
  const { data, errors } = await api.query(
    'mutation { revokeApiToken(input: { id: "x" }) { __typename } }',
    {},
    token,
  )
  expect(data).toBeNull()
  expect(errors).toMatchObject([
    { path: ['revokeApiToken'], extensions: { code: 'FORBIDDEN', remedy: expect.stringContaining('scope') } },
  ])
})

test('a scope includes those before it', async () => {
  await using api = await startTestApi()
  const { token } = await api.createToken(['operate'])
  const { data, errors } = await api.query('{ endpoints { nodes { id } } me { scopes } }', {}, token)
  expect({ data, errors }).toEqual({
    data: { endpoints: { nodes: [] }, me: { scopes: ['READ', 'OPERATE'] } },
    errors: undefined,
  })
})

test('who acts on behalf of a person is recorded with that person', async () => {
  await using api = await startTestApi()
  const { token } = await api.createToken(['approve'])
  const { data } = await postGraphql(
    api.graphqlUrl,
    {
      query:
        'mutation { createEndpoint(input: { name: "a", connection: { host: "h", database: "d", user: "u" } }) { __typename } }',
    },
    { authorization: `Bearer ${token}`, 'x-godwit-on-behalf-of': encodeURIComponent('Zoë 🐦') },
  )
  expect(data).toEqual({ createEndpoint: { __typename: 'CreateEndpointPayload' } })
  const log = await api.query('{ auditLog(first: 1) { nodes { operation actor { kind name onBehalfOf } } } }')
  expect(log.data).toEqual({
    auditLog: {
      nodes: [
        {
          operation: 'endpoint.create',
          actor: { kind: 'TOKEN', name: 'test approve', onBehalfOf: 'Zoë 🐦' },
        },
      ],
    },
  })
})

test('a token without the scope approve may not act on behalf of a person', async () => {
  await using api = await startTestApi()
  const { token } = await api.createToken(['operate'])
  const { status, errors } = await postGraphql(
    api.graphqlUrl,
    { query: whoAmI },
    { authorization: `Bearer ${token}`, 'x-godwit-on-behalf-of': 'Zoe' },
  )
  expect({ status, code: errors?.[0]?.extensions.code }).toEqual({ status: 403, code: 'FORBIDDEN' })
})

test.each(['%', '%0A', '%20', 'x'.repeat(201), 'token:security', '%20Worker:w1'])(
  'the person %j is refused',
  async (person) => {
    const api = sharedApi()
    const { status, errors } = await postGraphql(
      api.graphqlUrl,
      { query: whoAmI },
      { authorization: `Bearer ${api.adminToken}`, 'x-godwit-on-behalf-of': person },
    )
    expect({ status, code: errors?.[0]?.extensions.code }).toEqual({ status: 400, code: 'BAD_INPUT' })
  },
)

test('one person has one name, however it was typed', async () => {
  const api = sharedApi()
  const { data } = await postGraphql<{ me: { onBehalfOf: string } }>(
    api.graphqlUrl,
    { query: whoAmI },
    {
      authorization: `Bearer ${api.adminToken}`,
      'x-godwit-on-behalf-of': encodeURIComponent(' Zoe\u0308 '),
    },
  )
  expect(data?.me.onBehalfOf).toBe('Zo\u00eb')
})

const whatIMay = '{ me { scopes narrowedTo onBehalfOf token { scopes } } }'

test.each([
  ['admin', 'read', ['READ']],
  ['admin', 'operate', ['READ', 'OPERATE']],
  ['admin', 'approve', ['READ', 'OPERATE', 'APPROVE']],
  ['admin', 'admin', ['READ', 'OPERATE', 'APPROVE', 'ADMIN']],
  ['operate', 'approve', ['READ', 'OPERATE']],
  ['read', 'admin', ['READ']],
] as const)('a token with the scope %s may, narrowed to %s, do %j', async (held, limit, effective) => {
  const api = sharedApi()
  const { token } = await api.createToken([held])
  const { data } = await postGraphql(
    api.graphqlUrl,
    { query: whatIMay },
    { authorization: `Bearer ${token}`, 'x-godwit-scope': limit },
  )
  expect(data).toEqual({
    me: {
      scopes: effective,
      narrowedTo: limit.toUpperCase(),
      onBehalfOf: null,
      token: { scopes: [held.toUpperCase()] },
    },
  })
})

test('a narrowed call may do no more, whatever the token may, and is told so', async () => {
  const api = sharedApi()
  const call = (limit: string, query: string) =>
    postGraphql(
      api.graphqlUrl,
      { query },
      { authorization: `Bearer ${api.adminToken}`, 'x-godwit-scope': limit },
    )
  const refused = (query: string, limit: string, needed: string) =>
    expect(call(limit, query)).resolves.toMatchObject({
      errors: [
        {
          message: expect.stringContaining(`narrowed to the scope ${limit}`),
          extensions: { code: 'FORBIDDEN', remedy: expect.stringContaining(needed) },
        },
      ],
    })
  await refused('mutation { deleteEndpoint(input: { id: "x" }) { __typename } }', 'read', 'operate')
  await refused(
    'mutation { approveCutover(input: { id: "m-1", planDigest: "x" }) { __typename } }',
    'operate',
    'approve',
  )
  await refused('{ auditLog { nodes { id } } }', 'approve', 'admin')
  expect(await call('admin', '{ auditLog { nodes { id } } }')).not.toHaveProperty('errors')
  const completion = await call(
    'operate',
    `mutation { completeMigration(input: { id: "m-1", planDigest: "x", breakGlass: { reason: "r" } }) {
       ... on UserError { code } } }`,
  )
  expect(completion.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
})

test('a narrowed call is still on behalf of a person, which only the token must allow', async () => {
  const api = sharedApi()
  const call = async (held: 'operate' | 'approve') => {
    const { token } = await api.createToken([held])
    return await postGraphql(
      api.graphqlUrl,
      { query: whatIMay },
      { authorization: `Bearer ${token}`, 'x-godwit-on-behalf-of': 'Zoe', 'x-godwit-scope': 'read' },
    )
  }
  expect((await call('approve')).data).toMatchObject({ me: { scopes: ['READ'], onBehalfOf: 'Zoe' } })
  expect((await call('operate')).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
})

test.each(['', 'READ', 'write', 'read, admin', 'read,operate'])('the scope %j is refused', async (scope) => {
  const api = sharedApi()
  const { status, errors } = await postGraphql(
    api.graphqlUrl,
    { query: whoAmI },
    { authorization: `Bearer ${api.adminToken}`, 'x-godwit-scope': scope },
  )
  expect({ status, extensions: errors?.[0]?.extensions }).toEqual({
    status: 400,
    extensions: {
      code: 'BAD_INPUT',
      field: 'scope',
      remedy: expect.stringContaining('read, operate, approve, admin'),
    },
  })
})

test('a WebSocket is narrowed for as long as it is open', async () => {
  const api = sharedApi()
  const client = openWebSocket(api, {
    connectionParams: { authorization: `Bearer ${api.adminToken}`, onBehalfOf: 'Zoe', scope: 'read' },
  })
  await using who = subscribeByWebSocket(client, whatIMay)
  expect((await who.next()).data).toMatchObject({
    me: { scopes: ['READ'], narrowedTo: 'READ', onBehalfOf: 'Zoe' },
  })
  await using change = subscribeByWebSocket(
    client,
    'mutation { deleteEndpoint(input: { id: "x" }) { __typename } }',
  )
  expect((await change.next()).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
  await client.dispose()
})

test.each(['write', '', 5, ['read'], {}])('a WebSocket with the scope %j is closed', async (scope) => {
  const api = sharedApi()
  const client = openWebSocket(api, {
    connectionParams: { authorization: `Bearer ${api.adminToken}`, scope },
  })
  await using who = subscribeByWebSocket(client, whoAmI)
  await expect(who.next()).rejects.toMatchObject({ code: 4400, reason: 'BAD_INPUT' })
  await client.dispose()
})
