import { expect, test } from 'vitest'
import { shareTestApi, startTestApi, type TestApi } from '../support/api.ts'
import { createDatabase } from '../support/servers.ts'

const sharedApi = shareTestApi()

const connection = { host: 'db.example', port: 5433, database: 'shop', user: 'mover', password: 'hunter2' }

async function createEndpoint(api: TestApi, input: object = {}): Promise<{ id: string }> {
  const answer = await api.mutate<{ endpoint: { id: string } }>(
    'createEndpoint',
    { name: 'shop', connection, ...input },
    'endpoint { id }',
  )
  return answer.endpoint
}

test('an endpoint is created and read back in every way, without its secrets', async () => {
  await using api = await startTestApi()
  const pem = (what: string) => `-----BEGIN ${what}-----\nAAAA\n-----END ${what}-----\n`
  const tls = {
    mode: 'VERIFY_FULL',
    ca: pem('CERTIFICATE'),
    clientCertificate: pem('CERTIFICATE'),
    clientKey: pem('PRIVATE KEY'),
  }
  const { id } = await createEndpoint(api, { connection: { ...connection, tls } })
  const fields = '{ id name host port database user tlsMode hasPassword hasCa hasClientCertificate }'
  const { data, errors } = await api.query(
    `query ($id: ID!) {
      endpoint(id: $id) ${fields}
      endpoints { nodes ${fields} }
      node(id: $id) { __typename id ... on Endpoint ${fields} }
      nodes(ids: [$id]) { ... on Endpoint ${fields} }
    }`,
    { id },
  )
  const expected = {
    id,
    name: 'shop',
    host: 'db.example',
    port: 5433,
    database: 'shop',
    user: 'mover',
    tlsMode: 'VERIFY_FULL',
    hasPassword: true,
    hasCa: true,
    hasClientCertificate: true,
  }
  expect(errors).toBeUndefined()
  expect(data).toEqual({
    endpoint: expected,
    endpoints: { nodes: [expected] },
    node: { __typename: 'Endpoint', ...expected },
    nodes: [expected],
  })
})

test('the stored connection is the one that was given, and checks the certificate where nothing was said', async () => {
  await using api = await startTestApi()
  await createEndpoint(api)
  const { items } = await api.stores.endpoints.list({}, {})
  expect(await api.stores.endpoints.connection(items[0]!.item.id)).toEqual({
    ...connection,
    tls: { mode: 'verify-full' },
  })
})

test('a name that is taken is a typed error', async () => {
  await using api = await startTestApi()
  await createEndpoint(api)
  expect(await api.mutate('createEndpoint', { name: 'shop', connection }, 'endpoint { id }')).toEqual({
    __typename: 'ConflictError',
    code: 'NAME_TAKEN',
    message: expect.stringContaining('shop'),
    remedy: 'Choose another name.',
  })
})

test.each([
  ['connection.port', { ...connection, port: 0 }],
  ['connection.port', { ...connection, port: 65_536 }],
  ['connection.host', { ...connection, host: ' ' }],
  ['connection.user', { ...connection, user: 'a\0b' }],
  ['connection.tls.ca', { ...connection, tls: { mode: 'VERIFY_CA', ca: 'not a certificate' } }],
  [
    'connection.tls.clientKey',
    {
      ...connection,
      tls: {
        mode: 'REQUIRE',
        clientCertificate: '-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----',
      },
    },
  ],
])('a bad %s is named', async (field, bad) => {
  const api = sharedApi()
  for (const name of ['createEndpoint', 'testConnection']) {
    const input = name === 'createEndpoint' ? { name: 'shop', connection: bad } : { connection: bad }
    expect(await api.mutate(name, input, '__typename')).toMatchObject({
      __typename: 'ValidationError',
      code: 'BAD_INPUT',
      field,
    })
  }
  expect((await api.query('{ endpoints { nodes { id } } }')).data).toEqual({ endpoints: { nodes: [] } })
})

test('a repeated createEndpoint makes one endpoint', async () => {
  await using api = await startTestApi()
  const first = await createEndpoint(api, { idempotencyKey: 'key-1' })
  expect(await createEndpoint(api, { idempotencyKey: 'key-1' })).toEqual(first)
})

test('an idempotency key with another input is a typed error', async () => {
  await using api = await startTestApi()
  await createEndpoint(api, { idempotencyKey: 'key-1' })
  const input = { name: 'other', connection, idempotencyKey: 'key-1' }
  expect(await api.mutate('createEndpoint', input, 'endpoint { id }')).toMatchObject({
    __typename: 'ConflictError',
    code: 'IDEMPOTENCY_KEY_REUSED',
  })
})

test('a database that can be reached passes every stage of its test', async () => {
  await using api = await startTestApi()
  await using source = await createDatabase('source')
  const { host, port, user, password, name: database } = source
  const { id } = await createEndpoint(api, {
    connection: { host, port, user, password, database, tls: { mode: 'DISABLE' } },
  })
  const { test: tested } = await api.mutate<{ test: { ok: boolean; stages: { outcome: string }[] } }>(
    'testEndpoint',
    { id },
    'test { ok serverVersion stages { stage outcome detail remedy duration } }',
  )
  expect(tested).toMatchObject({ ok: true, serverVersion: expect.stringMatching(/^15/) })
  expect(tested.stages.filter(({ outcome }) => outcome === 'FAILED')).toEqual([])
})

test('a wrong password is the failed stage of a test, not an error', async () => {
  await using api = await startTestApi()
  await using source = await createDatabase('source')
  const { host, port, user, name: database } = source
  const answer = await api.mutate<{ test: { ok: boolean; stages: { outcome: string }[] } }>(
    'testConnection',
    { connection: { host, port, user, password: 'wrong', database, tls: { mode: 'DISABLE' } } },
    'test { ok stages { stage outcome remedy } }',
  )
  expect(answer.test.ok).toBe(false)
  expect(answer.test.stages.find(({ outcome }) => outcome === 'FAILED')).toEqual({
    stage: 'AUTHENTICATION',
    outcome: 'FAILED',
    remedy: expect.any(String),
  })
})

test('a deleted endpoint is gone, and its id unknown to mutations', async () => {
  await using api = await startTestApi()
  const { id } = await createEndpoint(api)
  expect(await api.mutate('deleteEndpoint', { id }, 'deletedEndpointId')).toEqual({
    __typename: 'DeleteEndpointPayload',
    deletedEndpointId: id,
  })
  expect(
    (await api.query('query ($id: ID!) { endpoint(id: $id) { id } node(id: $id) { id } }', { id })).data,
  ).toEqual({
    endpoint: null,
    node: null,
  })
  expect(await api.mutate('deleteEndpoint', { id }, 'deletedEndpointId')).toMatchObject({
    __typename: 'NotFoundError',
    code: 'NOT_FOUND',
  })
  expect(await api.mutate('testEndpoint', { id }, 'test { ok }')).toMatchObject({
    __typename: 'NotFoundError',
  })
})

test('an endpoint that a migration uses is not deleted', async () => {
  await using api = await startTestApi()
  const source = await createEndpoint(api)
  const target = await createEndpoint(api, {
    name: 'new',
    connection: { ...connection, host: 'new.example' },
  })
  await api.mutate('createMigration', { sourceId: source.id, targetId: target.id }, 'migration { id }')
  expect(await api.mutate('deleteEndpoint', { id: source.id }, 'deletedEndpointId')).toMatchObject({
    __typename: 'ConflictError',
    code: 'IN_USE',
  })
})

test('pages go through the endpoints both ways, without a gap', async () => {
  await using api = await startTestApi()
  for (const name of ['a', 'b', 'c']) await createEndpoint(api, { name })
  type Page = {
    endpoints: {
      nodes: { name: string }[]
      pageInfo: { endCursor: string; startCursor: string; hasNextPage: boolean; hasPreviousPage: boolean }
    }
  }
  const page = async (args: string) => {
    const fields = 'nodes { name } pageInfo { startCursor endCursor hasNextPage hasPreviousPage }'
    return (await api.query<Page>(`{ endpoints(${args}) { ${fields} } }`)).data!.endpoints
  }
  const newest = await page('first: 2')
  expect(newest).toMatchObject({ nodes: [{ name: 'c' }, { name: 'b' }], pageInfo: { hasNextPage: true } })
  const next = await page(`first: 2, after: "${newest.pageInfo.endCursor}"`)
  expect(next).toMatchObject({
    nodes: [{ name: 'a' }],
    pageInfo: { hasNextPage: false, hasPreviousPage: true },
  })
  const back = await page(`last: 2, before: "${next.pageInfo.startCursor}"`)
  expect(back).toMatchObject({ nodes: [{ name: 'c' }, { name: 'b' }], pageInfo: { hasPreviousPage: false } })
})

test.each(['first: 0', 'first: 101', 'last: 0', 'last: 101', 'first: 1, last: 1', 'after: "nonsense"'])(
  'the page %s is refused',
  async (args) => {
    const api = sharedApi()
    const { errors } = await api.query(`{ endpoints(${args}) { nodes { id } } }`)
    expect(errors).toMatchObject([{ path: ['endpoints'], extensions: { code: 'BAD_INPUT' } }])
  },
)

test('endpoints are listed by a part of their names', async () => {
  await using api = await startTestApi()
  for (const name of ['shop old', 'Shop new', 'billing']) await createEndpoint(api, { name })
  const { data } = await api.query('{ endpoints(filter: { name: "shop" }) { nodes { name } } }')
  expect(data).toEqual({ endpoints: { nodes: [{ name: 'Shop new' }, { name: 'shop old' }] } })
})

const objectsOf = `query ($id: ID!, $search: String, $first: Int) { endpoint(id: $id) {
  objects(search: $search, first: $first) {
    __typename
    ... on EndpointObjects { objects { kind schema table sizeBytes } }
    ... on UserError { code message remedy }
    ... on ValidationError { field }
  } } }`

test('the objects of an endpoint are found in its live database', async () => {
  await using api = await startTestApi()
  await using database = await createDatabase('source')
  await database.query('create schema shop create table orders (id int primary key)')
  await database.query('analyze shop.orders')
  const { host, port, user, password, name } = database
  const { id } = await createEndpoint(api, {
    connection: { host, port, user, password, database: name, tls: { mode: 'DISABLE' } },
  })
  expect((await api.query(objectsOf, { id, search: 'ORD', first: 1 })).data).toEqual({
    endpoint: {
      objects: {
        __typename: 'EndpointObjects',
        objects: [{ kind: 'TABLE', schema: 'shop', table: 'orders', sizeBytes: expect.anything() }],
      },
    },
  })
  await database.query('create table shop.order_lines (id int)')
  const { data } = await api.query(objectsOf, { id, search: 'shop' })
  expect(data).toMatchObject({
    endpoint: { objects: { objects: [{ table: null }, { table: 'order_lines' }, { table: 'orders' }] } },
  })
})

test('what keeps the objects from being found is an answer', async () => {
  await using api = await startTestApi()
  await using database = await createDatabase('source')
  const { host, port, user, name } = database
  const { id } = await createEndpoint(api, {
    connection: { host, port, user, password: 'wrong', database: name, tls: { mode: 'DISABLE' } },
  })
  const find = async (variables: object) => (await api.query(objectsOf, { id, ...variables })).data
  expect(await find({})).toMatchObject({
    endpoint: { objects: { __typename: 'OperationError', code: 'ENDPOINT_AUTH_FAILED' } },
  })
  for (const [variables, field] of [
    [{ first: 0 }, 'first'],
    [{ first: 101 }, 'first'],
    [{ search: 'x'.repeat(201) }, 'search'],
    [{ search: 'a\0' }, 'search'],
  ] as const) {
    expect(await find(variables)).toMatchObject({
      endpoint: { objects: { __typename: 'ValidationError', code: 'BAD_INPUT', field } },
    })
  }
})

test('objects need the scope operate, and are not looked for on many endpoints at once', async () => {
  await using api = await startTestApi()
  const { id } = await createEndpoint(api)
  const { token } = await api.createToken(['read'])
  const { errors } = await api.query(objectsOf, { id }, token)
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
  const many = await api.query('{ endpoints(first: 5) { nodes { objects { __typename } } } }')
  expect(many.errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_COMPLEX' } }])
})
