/** A server that webhooks are sent to, over real HTTP or HTTPS. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { text } from 'node:stream/consumers'
import type { Certificate } from './certificates.ts'
import { listenOnLoopback } from './listen.ts'
import { waitFor } from './wait-for.ts'

export interface ReceivedWebhook {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What to answer to request number `index`, the first being 0. Without an answer, the request hangs. */
export type AnswerWebhook = (response: ServerResponse, index: number, webhook: ReceivedWebhook) => void

export interface WebhookReceiver extends AsyncDisposable {
  /** Such as `http://127.0.0.1:40000`. */
  readonly url: string
  readonly received: readonly ReceivedWebhook[]
  /** What was received under a path, by the bodies' `id`. */
  ids(path?: string): readonly string[]
  waitFor(count: number): Promise<readonly ReceivedWebhook[]>
}

/** Answers 204 unless told otherwise. */
export async function startReceiver(
  answer: AnswerWebhook = (response) => response.writeHead(204).end(),
  tls?: Certificate,
): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = []
  const listener: RequestListener = (request, response) => {
    void read(request).then((webhook) => {
      received.push(webhook)
      answer(response, received.length - 1, webhook)
    })
  }
  const server =
    tls === undefined
      ? createServer(listener)
      : createTlsServer({ cert: tls.certificate, key: tls.key }, listener)
  const port = await listenOnLoopback(server)
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    received,
    ids: (path) =>
      received
        .filter((webhook) => path === undefined || webhook.path === path)
        .map(({ body }) => JSON.parse(body).id),
    waitFor: async (count) => {
      await waitFor(() => received.length >= count, {
        describe: () => `${count} webhooks, and received ${received.length}`,
      })
      return received
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function read(request: IncomingMessage): Promise<ReceivedWebhook> {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)])
  return { path: request.url ?? '', headers: Object.fromEntries(headers), body: await text(request) }
}
