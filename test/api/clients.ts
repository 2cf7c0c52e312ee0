/** Clients as anyone could write them: graphql-ws, and fetch for server-sent events. */
import { type Client, type ClientOptions, createClient, type FormattedExecutionResult } from 'graphql-ws'
import { WebSocket } from 'ws'
import type { TestApi } from '../support/api.ts'

type Payload<Data> = FormattedExecutionResult<Data, unknown>

/** A stream of payloads that ends with its scope. */
export interface Subscription<Data> extends AsyncDisposable {
  /** Throws when the stream has ended. */
  next(): Promise<Payload<Data>>
  /** Whether it has ended, after all that was sent. */
  ended(): Promise<boolean>
}

export function openWebSocket(
  api: Pick<TestApi, 'graphqlUrl' | 'adminToken'>,
  options: Partial<ClientOptions> & { readonly token?: string } = {},
): Client {
  const { token = api.adminToken, ...rest } = options
  return createClient({
    url: api.graphqlUrl.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
    onNonLazyError: () => undefined,
    ...rest,
  })
}

export function subscribeByWebSocket<Data>(
  client: Client,
  query: string,
  variables: Record<string, unknown> = {},
): Subscription<Data> {
  const iterator = client.iterate<Data>({ query, variables })
  return toSubscription<Data>(iterator, () => iterator.return?.())
}

export async function subscribeBySse<Data>(
  api: Pick<TestApi, 'graphqlUrl' | 'adminToken'>,
  query: string,
  variables: Record<string, unknown> = {},
  token: string = api.adminToken,
): Promise<Subscription<Data>> {
  const abort = new AbortController()
  const response = await fetch(api.graphqlUrl, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ query, variables }),
    signal: abort.signal,
  })
  if (response.body === null) throw new Error('the answer has no body')
  // Locked at once: fetch cancels a body that nobody reads when its response is collected.
  return toSubscription<Data>(readSse<Data>(response.body.getReader()), () => abort.abort())
}

function toSubscription<Data>(
  iterator: AsyncIterator<Payload<Data>>,
  stop: () => unknown,
): Subscription<Data> {
  return {
    async next() {
      const { done, value } = await iterator.next()
      if (done === true) throw new Error('the subscription has ended')
      return value
    },
    async ended() {
      for (;;) if ((await iterator.next()).done === true) return true
    },
    async [Symbol.asyncDispose]() {
      await stop()
    },
  }
}

/** Payloads of `event: next`, until `event: complete` or the end. */
async function* readSse<Data>(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): AsyncGenerator<Payload<Data>, void> {
  let text = ''
  const decoder = new TextDecoder()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    text += decoder.decode(value, { stream: true })
    const messages = text.split('\n\n')
    text = messages.pop() ?? ''
    for (const message of messages) {
      if (message.startsWith('event: complete')) return
      const data = /^data: (.*)$/m.exec(message)?.[1]
      if (data !== undefined) yield JSON.parse(data)
    }
  }
}
