/**
 * The API on a fresh control database, over real HTTP and WebSocket:
 *
 *     await using api = await startTestApi()
 *     const { data } = await api.query('{ me { token { name } } }')
 */
import { randomBytes } from 'node:crypto'
import { pino } from 'pino'
import { type ApiOptions, type ApiSettings, startApi } from '../../api/server.ts'
import { openControlStores } from '../../db/index.ts'
import {
  type ControlStores,
  measureCutover,
  type Scope,
  searchObjects,
  testConnection,
} from '../../engine/index.ts'
import { afterAll, beforeAll } from 'vitest'
import { createControlDatabase, type TestDatabase } from './servers.ts'

export interface GraphqlError {
  readonly message: string
  readonly path?: readonly (string | number)[]
  readonly extensions: {
    readonly code: string
    readonly remedy: string
    readonly field?: string
    readonly errorId?: string
  }
}

export interface GraphqlAnswer<Data = unknown> {
  /** Of HTTP. */
  readonly status: number
  readonly data?: Data | null
  readonly errors?: readonly GraphqlError[]
}

export interface TestApiOptions {
  readonly api?: Partial<ApiOptions>
  /** Replaces some of the stores, to make them fail. */
  readonly changeStores?: (stores: ControlStores) => ControlStores
  readonly mounts?: ApiSettings['mounts']
}

export interface TestApi extends AsyncDisposable {
  readonly url: string
  readonly graphqlUrl: string
  readonly adminToken: string
  readonly stores: ControlStores
  readonly database: TestDatabase
  /** Everything that was logged so far, at the lowest level. */
  logged(): string
  query<Data>(
    document: string,
    variables?: Readonly<Record<string, unknown>>,
    token?: string,
  ): Promise<GraphqlAnswer<Data>>
  /** Runs a mutation and returns its answer: the fields of its payload, or its typed error. */
  mutate<Answer>(
    name: string,
    input: Readonly<Record<string, unknown>>,
    fields: string,
    token?: string,
  ): Promise<Answer & TypedAnswer>
  createToken(
    scopes: readonly Scope[],
    expiresAt?: Date,
  ): Promise<{ readonly id: string; readonly token: string }>
  /** Stops the server, as its disposal would, but keeps the stores. */
  stop(): Promise<void>
}

/** What every answer of a mutation has, or may have. */
export interface TypedAnswer {
  readonly __typename: string
  readonly code?: string
  readonly message?: string
  readonly remedy?: string
}

const defaultOptions: ApiOptions = { introspection: true, graphiql: false }

export async function startTestApi({
  api = {},
  changeStores,
  mounts = [],
}: TestApiOptions = {}): Promise<TestApi> {
  await using starting = new AsyncDisposableStack()
  const lines: string[] = []
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
  const database = starting.use(await createControlDatabase())
  const stores = starting.use(
    await openControlStores({ databaseUrl: database.url, secretKey: randomBytes(32), log }),
  )
  const adminToken = await stores.tokens.createFirstAdmin()
  if (adminToken === null) throw new Error('a fresh control database has a token already')
  const server = starting.use(
    await startApi({
      stores: changeStores?.(stores) ?? stores,
      testConnection,
      searchObjects,
      measureCutover,
      log,
      host: '127.0.0.1',
      port: 0,
      options: { ...defaultOptions, ...api },
      mounts,
    }),
  )
  const started = starting.move()
  const graphqlUrl = `${server.url}/graphql`
  const query = <Data>(
    document: string,
    variables: Readonly<Record<string, unknown>> = {},
    token: string = adminToken,
  ) => postGraphql<Data>(graphqlUrl, { query: document, variables }, { authorization: `Bearer ${token}` })
  return {
    url: server.url,
    graphqlUrl,
    adminToken,
    stores,
    database,
    logged: () => lines.join(''),
    query,
    mutate: async <Answer>(
      name: string,
      input: Readonly<Record<string, unknown>>,
      fields: string,
      token?: string,
    ) => {
      const { data, errors } = await query<{ answer: Answer & TypedAnswer }>(
        mutationDocument(name, fields),
        { input },
        token,
      )
      if (!data) throw new Error(`${name} was refused: ${JSON.stringify(errors)}`)
      return data.answer
    },
    createToken: async (scopes, expiresAt) => {
      const created = await stores.tokens.create(
        { name: `test ${scopes.join(' ')}`, scopes, ...(expiresAt && { expiresAt }) },
        { actor: { kind: 'system', id: 'test', name: 'test' } },
      )
      return { id: created.token.id, token: created.secret ?? '' }
    },
    stop: async () => {
      await server[Symbol.asyncDispose]()
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}

/** One API for the tests around that change nothing. */
export function shareTestApi(): () => TestApi {
  let shared: TestApi | undefined
  beforeAll(async () => {
    shared = await startTestApi()
  })
  afterAll(async () => {
    await shared?.[Symbol.asyncDispose]()
  })
  return () => {
    if (shared === undefined) throw new Error('the shared API has not started')
    return shared
  }
}

/** A mutation that answers with the fields, or with the whole of its typed error. */
function mutationDocument(name: string, fields: string): string {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`
  return `mutation ($input: ${type}Input!) {
    answer: ${name}(input: $input) {
      __typename
      ... on ${type}Payload { ${fields} }
      ... on UserError { code message remedy }
      ... on ValidationError { field }
    }
  }`
}

/** Sends a request as any client would. */
export async function postGraphql<Data>(
  graphqlUrl: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<GraphqlAnswer<Data>> {
  const response = await fetch(graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return { status: response.status, ...JSON.parse(await response.text()) }
}
