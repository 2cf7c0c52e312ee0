import type { IncomingMessage } from 'node:http'
import { CloseCode, type Server } from 'graphql-ws'
import type { Logger } from 'pino'
import type { RawData, WebSocket } from 'ws'
import type { SocketState } from './operations.ts'

const pingIntervalMs = 12_000

/** Above, nothing more is read of a client that does not read; below, again. */
const highWaterBytes = 1_000_000
const lowWaterBytes = 100_000

/** Serves one socket until it is closed. Ends it when it answers no ping. */
export function serveSocket(
  server: Server<SocketState>,
  socket: WebSocket,
  { request, log }: { readonly request: IncomingMessage; readonly log: Logger },
): void {
  const gone = new AbortController()
  const keepAlive = keepSocketAlive(socket)
  const closed = server.opened(
    {
      protocol: socket.protocol,
      send: (data) => sendWithBackPressure(socket, data),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (handle) =>
        socket.on('message', (data) => {
          handle(textOf(data)).catch((error: unknown) => {
            // What operations throw is answered inside; here the client has broken the protocol, or is gone.
            log.debug(
              { type: error instanceof Error ? error.name : typeof error },
              'a WebSocket message failed',
            )
            socket.close(CloseCode.BadRequest, 'Invalid message')
          })
        }),
    },
    { socket, request, gone: gone.signal },
  )
  socket.once('close', (code, reason) => {
    clearInterval(keepAlive)
    gone.abort()
    closed(code, String(reason)).catch((error: unknown) => {
      log.debug({ type: error instanceof Error ? error.name : typeof error }, 'a WebSocket ended badly')
    })
  })
}

/** Resolves when the data is on its way; a client that does not read makes its sender wait, and is not read either. */
function sendWithBackPressure(socket: WebSocket, data: string): Promise<void> {
  if (socket.readyState !== socket.OPEN) return Promise.resolve()
  return new Promise((resolve, reject) => {
    socket.send(data, (error) => {
      if (socket.bufferedAmount <= lowWaterBytes) socket.resume()
      if (error) reject(error)
      else resolve()
    })
    if (socket.bufferedAmount >= highWaterBytes) socket.pause()
  })
}

function keepSocketAlive(socket: WebSocket): NodeJS.Timeout {
  let hasAnswered = true
  socket.on('pong', () => {
    hasAnswered = true
  })
  return setInterval(() => {
    if (!hasAnswered) {
      socket.terminate()
      return
    }
    hasAnswered = false
    socket.ping()
  }, pingIntervalMs)
}

/** Messages come whole, as one buffer; the protocol refuses what is not JSON. */
function textOf(data: RawData): string {
  return Buffer.isBuffer(data) ? data.toString('utf8') : ''
}
