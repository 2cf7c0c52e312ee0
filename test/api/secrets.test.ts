import { afterEach, expect, test, vi } from 'vitest'
import { startTestApi } from '../support/api.ts'
import { openWebSocket, subscribeByWebSocket } from './clients.ts'

const password = 'correct-horse-battery-staple'
const key = `-----BEGIN PRIVATE KEY-----\n${password}\n-----END PRIVATE KEY-----`
const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'

afterEach(() => {
  vi.restoreAllMocks()
})

/** Everything that is written to the standard streams, by whatever library. */
function listenToOutput(): () => string {
  const written: string[] = []
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream)
    vi.spyOn(stream, 'write').mockImplementation((...args) => {
      written.push(String(args[0]))
      return Reflect.apply(write, stream, args)
    })
  }
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...args) => void written.push(args.map(String).join(' ')))
  }
  return () => written.join('')
}

test('a password that comes in, well or wrongly written, comes out nowhere', async () => {
  const output = listenToOutput()
  await using api = await startTestApi()
  const connection = {
    host: '127.0.0.1',
    port: 1,
    database: 'd',
    user: 'u',
    password,
    tls: { mode: 'REQUIRE', clientCertificate: pem, clientKey: key },
  }
  const create = `mutation ($input: CreateEndpointInput!) {
    createEndpoint(input: $input) {
      __typename
      ... on CreateEndpointPayload { endpoint { id name host port database user tlsMode hasPassword } }
      ... on UserError { code message remedy }
      ... on ValidationError { field }
    }
  }`
  const test =
    'mutation ($input: TestConnectionInput!) { testConnection(input: $input) { ... on TestConnectionPayload { test { stages { detail remedy } } } ... on UserError { message } } }'
  const operations: [string, Record<string, unknown>][] = [
    [create, { input: { name: 'kept', connection, idempotencyKey: 'one' } }],
    [create, { input: { name: 'kept', connection } }],
    [create, { input: { name: 'other', connection, idempotencyKey: 'one' } }],
    [create, { input: { name: '', connection } }],
    [create, { input: { connection } }],
    [create, { input: { name: 'x', connection: { ...connection, port: password } } }],
    [create, { input: { name: 'x', connection: { ...connection, tls: { mode: password } } } }],
    [create, { input: { name: 'x', connection: { ...connection, password: [password] } } }],
    [create, { input: { name: 'x', connection: { ...connection, password: `${password}\0` } } }],
    [
      create,
      { input: { name: 'x', connection: { ...connection, tls: { mode: 'REQUIRE', clientKey: password } } } },
    ],
    [create, { input: password }],
    [create, { unrelated: password }],
    [test, { input: { connection } }],
    [test, { input: { connection: { ...connection, host: '127.0.0.1', tls: { mode: 'DISABLE' } } } }],
    [
      `mutation { createEndpoint(input: { name: 5, connection: { password: "${password}" } }) { __typename } }`,
      {},
    ],
    [`mutation { createEndpoint(input: { name: "x", connection: "${password}" }) { __typename } }`, {}],
    [`mutation { createEndpoint(input: "${password}" { __typename } }`, {}],
    [`mutation { createEndpoint(inputs: { password: "${password}" }) { __typename } }`, {}],
    [`{ endpoint(id: "${password}") { id } }`, {}],
    [`query ($id: ID = 5.5) { endpoint(id: "${password}" { id } }`, {}],
  ]
  const answers: unknown[] = []
  const client = openWebSocket(api)
  for (const [query, variables] of operations) {
    answers.push(await api.query(query, variables))
    await using operation = subscribeByWebSocket(client, query, variables)
    answers.push(await operation.next().catch((error: unknown) => error))
  }
  for (const query of [
    '{ endpoints { nodes { id name host port database user } } }',
    '{ auditLog { nodes { operation actor { name } details } } }',
  ]) {
    answers.push(await api.query(query))
  }
  const malformed = await fetch(api.graphqlUrl, {
    method: 'POST',
    headers: { authorization: `Bearer ${api.adminToken}`, 'content-type': 'application/json' },
    body: `{"query": "${password}`,
  })
  answers.push(await malformed.text())

  const everything = `${JSON.stringify(answers)}${api.logged()}${output()}`
  expect(JSON.stringify(answers)).toContain('CreateEndpointPayload')
  expect(everything).not.toContain(password)
  expect(everything).not.toContain('PRIVATE KEY-----')
})

test('the token of a caller is not logged', async () => {
  const output = listenToOutput()
  await using api = await startTestApi()
  await api.query('{ me { onBehalfOf } }')
  await api.query('{ nothing }', {}, `${api.adminToken}x`)
  expect(`${api.logged()}${output()}`).not.toContain(api.adminToken)
})

test('an unexpected error is masked, and logged under the id that the caller gets', async () => {
  await using api = await startTestApi({
    changeStores: (stores) => ({
      ...stores,
      migrations: { ...stores.migrations, find: () => Promise.reject(new TypeError('the inside story')) },
    }),
  })
  const { data, errors } = await api.query('{ migration(id: "m-7f3k") { id } }')
  expect(data).toEqual({ migration: null })
  expect(errors).toMatchObject([
    { path: ['migration'], extensions: { code: 'INTERNAL', errorId: expect.any(String) } },
  ])
  expect(JSON.stringify(errors)).not.toContain('inside story')
  const line = api
    .logged()
    .split('\n')
    .find((each) => each.includes(errors![0]!.extensions.errorId!))
  expect(JSON.parse(line!)).toMatchObject({
    level: 50,
    error: [{ type: 'TypeError', message: 'the inside story' }],
  })
})

test('of an error of a driver, whose message may quote values, only the place is logged', async () => {
  class DriverError extends Error {
    override readonly name = 'DriverError'
  }
  await using api = await startTestApi({
    changeStores: (stores) => ({
      ...stores,
      migrations: {
        ...stores.migrations,
        find: () => Promise.reject(new DriverError(`params: ${password}`)),
      },
    }),
  })
  const { errors } = await api.query('{ migration(id: "m-7f3k") { id } }')
  expect(api.logged()).toContain(errors![0]!.extensions.errorId)
  expect(api.logged()).toContain('DriverError')
  expect(api.logged()).not.toContain(password)
})

test('an unexpected error of a mutation is masked, not an answer', async () => {
  await using api = await startTestApi({
    changeStores: (stores) => ({
      ...stores,
      migrations: { ...stores.migrations, act: () => Promise.reject(new TypeError('the inside story')) },
    }),
  })
  const { data, errors } = await api.query(
    'mutation { verifyMigration(input: { id: "m-7f3k" }) { ... on UserError { code message } } }',
  )
  expect(data).toBeNull()
  expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL' } }])
  expect(JSON.stringify(errors)).not.toContain('inside story')
})
