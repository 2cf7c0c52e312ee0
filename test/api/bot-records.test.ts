import { expect, test } from 'vitest'
import { shareTestApi, type TestApi } from '../support/api.ts'

const sharedApi = shareTestApi()
const fields = 'record { namespace key value version expiresAt updatedAt }'

interface Answer {
  readonly record: { readonly key: string; readonly version: number; readonly value: unknown }
}

function put(api: TestApi, input: Readonly<Record<string, unknown>>, token?: string) {
  return api.mutate<Answer>('putBotRecord', { namespace: 'slack', ...input }, fields, token)
}

/** A refusal of a version says which there is. */
async function refusal(api: TestApi, name: 'put' | 'delete', input: Readonly<Record<string, unknown>>) {
  const type = `${name === 'put' ? 'Put' : 'Delete'}BotRecordInput`
  const { data } = await api.query<{ answer: unknown }>(
    `mutation ($input: ${type}!) { answer: ${name}BotRecord(input: $input) {
       __typename ... on StaleVersionError { code remedy currentVersion }
     } }`,
    { input: { namespace: 'slack', ...input } },
  )
  return data?.answer
}

test('a record is put, read and deleted', async () => {
  const api = sharedApi()
  const value = { channel: 'C1', ts: '1.2', seen: [1, null, { 'a b': true }] }
  const { record } = await put(api, { key: 'card:1', value, expiresIn: 'PT3600S' })
  expect(record).toEqual({
    namespace: 'slack',
    key: 'card:1',
    value,
    version: expect.any(Number),
    expiresAt: expect.any(String),
    updatedAt: expect.any(String),
  })
  const read = () =>
    api.query('{ botRecord(namespace: "slack", key: "card:1") { value version } }').then(({ data }) => data)
  expect(await read()).toEqual({ botRecord: { value, version: record.version } })
  const remove = () => api.mutate('deleteBotRecord', { namespace: 'slack', key: 'card:1' }, 'deleted')
  expect(await remove()).toMatchObject({ deleted: true })
  expect(await remove()).toMatchObject({ deleted: false })
  expect(await read()).toEqual({ botRecord: null })
})

test('a value may be written in the query', async () => {
  const api = sharedApi()
  const { data, errors } = await api.query(
    `mutation { putBotRecord(input: { namespace: "slack", key: "literal", value: { a: [1.5, "x", null], b: false } }) {
       ... on PutBotRecordPayload { record { value } }
     } }`,
  )
  expect({ data, errors }).toEqual({
    data: { putBotRecord: { record: { value: { a: [1.5, 'x', null], b: false } } } },
    errors: undefined,
  })
})

test('a refused version is an answer that carries the current one', async () => {
  const api = sharedApi()
  const { record } = await put(api, { key: 'versioned', value: 1, expectedVersion: 0 })
  const stale = {
    __typename: 'StaleVersionError',
    code: 'STALE_VERSION',
    remedy: expect.stringContaining('record'),
    currentVersion: record.version,
  }
  expect(await refusal(api, 'put', { key: 'versioned', value: 2, expectedVersion: 0 })).toEqual(stale)
  expect(await refusal(api, 'delete', { key: 'versioned', expectedVersion: 1 })).toEqual(stale)
  expect(await refusal(api, 'put', { key: 'absent', value: 2, expectedVersion: 7 })).toEqual({
    ...stale,
    currentVersion: 0,
  })
  const next = await put(api, { key: 'versioned', value: 2, expectedVersion: record.version })
  expect(next.record).toMatchObject({ value: 2, version: record.version + 1 })
})

test('records are listed by prefix, page by page', async () => {
  const api = sharedApi()
  for (const key of ['list:b', 'list:a', 'list:c', 'liszt']) await put(api, { key, value: key })
  const list = (more: string) =>
    api
      .query<{ botRecords: { nodes: { key: string }[]; pageInfo: { endCursor: string } } }>(
        `{ botRecords(namespace: "slack", prefix: "list:", ${more}) {
             nodes { key } pageInfo { hasNextPage endCursor } } }`,
      )
      .then(({ data }) => data?.botRecords)
  const first = await list('first: 2')
  expect(first).toMatchObject({
    nodes: [{ key: 'list:a' }, { key: 'list:b' }],
    pageInfo: { hasNextPage: true },
  })
  const second = await list(`first: 2, after: "${first?.pageInfo.endCursor}"`)
  expect(second).toMatchObject({ nodes: [{ key: 'list:c' }], pageInfo: { hasNextPage: false } })
})

test('an input beyond the limits is an answer that names the field', async () => {
  const api = sharedApi()
  const refused = { __typename: 'ValidationError', code: 'BAD_INPUT' }
  expect(await put(api, { namespace: 'Slack', key: 'k', value: 1 })).toMatchObject({
    ...refused,
    field: 'namespace',
  })
  expect(await put(api, { key: 'k', value: 'x'.repeat(70_000) })).toMatchObject({
    ...refused,
    field: 'value',
  })
  expect(await put(api, { key: 'k', value: 1, expiresIn: 'PT0.5S' })).toMatchObject({
    ...refused,
    field: 'expiresIn',
  })
})

test.each([
  ['null', 'null'],
  ['nested too deep', `${'['.repeat(51)}${']'.repeat(51)}`],
  ['nested far too deep', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
  ['a number that is too large', '1e999'],
])('a value that is %s is refused', async (_name, value) => {
  const api = sharedApi()
  const query = 'mutation ($input: PutBotRecordInput!) { putBotRecord(input: $input) { __typename } }'
  const response = await fetch(api.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${api.adminToken}` },
    body: `{"query":${JSON.stringify(query)},"variables":{"input":{"namespace":"slack","key":"k","value":${value}}}}`,
  })
  expect(await response.json()).toMatchObject({
    errors: [{ extensions: { code: 'BAD_INPUT', field: 'input.value' } }],
  })
})

test('records are neither events nor audit entries', async () => {
  const api = sharedApi()
  const written = () =>
    api.database
      .query<{ events: number; entries: number }>(
        `select (select count(*)::int from godwit_control.events) as events,
                (select count(*)::int from godwit_control.audit) as entries`,
      )
      .then(({ rows }) => rows[0])
  const before = await written()
  await put(api, { key: 'quiet', value: 1 })
  await api.mutate('deleteBotRecord', { namespace: 'slack', key: 'quiet' }, 'deleted')
  expect(await written()).toEqual(before)
})

test('a token without the scope approve gets nothing of them', async () => {
  const api = sharedApi()
  const { token } = await api.createToken(['operate'])
  const documents = [
    '{ botRecord(namespace: "slack", key: "k") { key } }',
    '{ botRecords(namespace: "slack") { nodes { key } } }',
    'mutation { putBotRecord(input: { namespace: "slack", key: "k", value: 1 }) { __typename } }',
    'mutation { deleteBotRecord(input: { namespace: "slack", key: "k" }) { __typename } }',
  ]
  for (const document of documents) {
    const { errors } = await api.query(document, {}, token)
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
  }
})
