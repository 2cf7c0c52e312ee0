import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { Logger } from 'pino'
import {
  type ControlStores,
  defaultWebhookSettings,
  GodwitError,
  type WebhookSettings,
} from '../engine/index.ts'
import type { MeasureCutover, SearchObjects, TestConnection } from './context.ts'
import { createGraphqlServer } from './graphql-server.ts'
import { createHttpHandler, createInFlight, type Mount } from './http/index.ts'
import { createRateLimiter, defaultLimits, type Limits } from './limits/index.ts'
import { toPublicError } from './operation/index.ts'
import { createPasswordPage } from './password-page/index.ts'
import { defaultSubscriptionSettings, type SubscriptionSettings } from './subscriptions/index.ts'
import { serveWebSockets } from './websocket/index.ts'

export interface ApiOptions {
  /** Whether clients may ask what the schema is. */
  readonly introspection: boolean
  /** Whether a browser at /graphql gets a page to try queries on. */
  readonly graphiql: boolean
  readonly limits?: Partial<Limits>
  readonly subscriptions?: Partial<SubscriptionSettings>
  readonly webhooks?: Partial<WebhookSettings>
  /** Where people reach this server, without a slash at the end. Absent: where it listens. */
  readonly publicUrl?: string | undefined
}

export interface ApiSettings {
  readonly stores: ControlStores
  readonly testConnection: TestConnection
  readonly searchObjects: SearchObjects
  readonly measureCutover: MeasureCutover
  readonly log: Logger
  readonly host: string
  /** 0: any that is free. */
  readonly port: number
  readonly options: ApiOptions
  /** What else answers on the port. */
  readonly mounts?: readonly Mount[]
}

export interface Api extends AsyncDisposable {
  /** Such as `http://127.0.0.1:4000`; GraphQL is below it at /graphql. */
  readonly url: string
  readonly port: number
}

/** How long answers that are being made may take when the server stops. */
const settleTimeoutMs = 5000

/**
 * Serves the API over HTTP, server-sent events and WebSocket on one port. Disposing refuses new connections, ends
 * subscriptions, and lets answers that are being made finish.
 * @throws GodwitError CONFIGURATION_INVALID when it cannot listen there
 */
export async function startApi({
  stores,
  testConnection,
  searchObjects,
  measureCutover,
  log,
  host,
  port,
  options,
  mounts = [],
}: ApiSettings): Promise<Api> {
  const limits = { ...defaultLimits, ...options.limits }
  const limiter = createRateLimiter(limits)
  const stopping = new AbortController()
  const publish = (error: unknown) => toPublicError(error, log)
  const graphql = createGraphqlServer({
    services: {
      stores,
      testConnection,
      searchObjects,
      measureCutover,
      subscriptions: { ...defaultSubscriptionSettings, ...options.subscriptions },
      webhooks: { ...defaultWebhookSettings, ...options.webhooks },
      publicUrl: () => options.publicUrl ?? addressOf(http, host).url,
      stopping: stopping.signal,
    },
    graphiql: options.graphiql,
    introspection: options.introspection,
    limits,
    log,
  })
  const inFlight = createInFlight()
  const answer = createHttpHandler({
    tokens: stores.tokens,
    isReady: () => stores.isReady(),
    limiter,
    graphiql: options.graphiql,
    publish,
    serveGraphql: graphql.serveHttp,
    mounts,
    servePasswordPage: createPasswordPage({ stores, testConnection }),
  })
  const http = createServer((request, response) => {
    const isStream = request.headers.accept?.includes('text/event-stream') === true
    if (!isStream) inFlight.add(response)
    void answer(request, response)
  })
  await listen(http, host, port)
  const webSockets = serveWebSockets(http, {
    tokens: stores.tokens,
    limiter,
    publish,
    prepare: graphql.prepare,
    maxMessageBytes: limits.maxBodyBytes,
    log,
  })
  const stop = async () => {
    const closed = once(http, 'close')
    http.close()
    await webSockets[Symbol.asyncDispose]()
    await inFlight.settle(settleTimeoutMs)
    // Streams are cut, not completed, so that their clients come back.
    http.closeAllConnections()
    stopping.abort()
    await closed
  }
  let stopped: Promise<void> | undefined
  return { ...addressOf(http, host), [Symbol.asyncDispose]: () => (stopped ??= stop()) }
}

async function listen(http: Server, host: string, port: number): Promise<void> {
  try {
    http.listen({ host, port })
    await once(http, 'listening')
  } catch (error) {
    throw new GodwitError(
      'CONFIGURATION_INVALID',
      `Cannot listen on ${host}:${port}: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error, remedy: 'Set HOST and PORT to an address of this machine and a free port.' },
    )
  }
}

function addressOf(http: Server, host: string): { url: string; port: number } {
  const address = http.address()
  if (address === null || typeof address === 'string')
    throw new TypeError('a server that does not listen on a port')
  const name = host.includes(':') ? `[${host}]` : host
  return { url: `http://${name}:${address.port}`, port: address.port }
}
