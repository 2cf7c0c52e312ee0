import type { IncomingMessage, Server as HttpServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { handleProtocols, makeServer } from 'graphql-ws'
import type { Logger } from 'pino'
import { WebSocketServer } from 'ws'
import { graphqlPath, isSameOrigin } from '../http/index.ts'
import { type OperationNeeds, websocketOptions } from './operations.ts'
import { serveSocket } from './socket.ts'

const goingAway = 1001
const closeTimeoutMs = 2000

export interface WebSocketNeeds extends OperationNeeds {
  readonly maxMessageBytes: number
  readonly log: Logger
}

/** Serves GraphQL over WebSocket on an HTTP server. Disposing closes the sockets with 1001, to come back elsewhere. */
export function serveWebSockets(http: HttpServer, needs: WebSocketNeeds): AsyncDisposable {
  const server = makeServer(websocketOptions(needs))
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: needs.maxMessageBytes,
    perMessageDeflate: false,
    handleProtocols,
  })
  const upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const refusal = refusalOf(request)
    if (refusal !== null) {
      stream.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      // A broken or oversized frame: ws closes the socket by itself, with a code that says so.
      socket.on('error', () => undefined)
      serveSocket(server, socket, { request, log: needs.log })
    })
  }
  http.on('upgrade', upgrade)
  return {
    async [Symbol.asyncDispose]() {
      http.off('upgrade', upgrade)
      for (const socket of sockets.clients) socket.close(goingAway, 'Going away')
      const late = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate()
      }, closeTimeoutMs)
      await Promise.all([...sockets.clients].map((socket) => closing(socket)))
      clearTimeout(late)
    },
  }
}

function closing(socket: { once(event: 'close', listener: () => void): unknown }): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve())
  })
}

function refusalOf(request: IncomingMessage): string | null {
  const path = request.url?.split('?')[0]
  if (path !== graphqlPath) return '404 Not Found'
  return isSameOrigin(request) ? null : '403 Forbidden'
}
