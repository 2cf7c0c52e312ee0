import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { isObject, type Json, parseJson, stringOf } from '../json.ts'
import type { World } from '../state/world.ts'
import { type Outcome, type Outgoing, timedOut, type Transport } from './delivery.ts'

const maxConnections = 10
/** Slack's server breaks the connection, with code 1009, when a frame of the client is larger. */
const maxFrameBytes = 20_480
const warningMs = 10_000
const pingIntervalMs = 10_000

export type DisconnectReason = 'warning' | 'refresh_requested' | 'link_disabled'

interface Connection {
  readonly socket: WebSocket
  /** It was told to go: nothing new is sent on it while there is another. */
  leaving: boolean
}

interface Pending {
  readonly frame: Readonly<Record<string, Json | undefined>>
  connection: Connection | undefined
  readonly settle: (outcome: Outcome) => void
}

/** Socket Mode: the connections of the app, and what was sent on them and is not acknowledged yet. */
export class SocketMode implements Transport {
  readonly #world: World
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: maxFrameBytes })
  readonly #connections = new Set<Connection>()
  readonly #pending = new Map<string, Pending>()
  readonly #pings: NodeJS.Timeout
  #turn = 0

  constructor(server: Server, world: World) {
    this.#world = world
    server.on('upgrade', (request, socket, head) => {
      if (!world.tickets.redeem(request.url ?? '')) {
        socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
        return
      }
      this.#server.handleUpgrade(request, socket, head, (client) => this.#accept(client))
    })
    this.#pings = setInterval(() => {
      for (const { socket } of this.#connections) socket.ping()
    }, pingIntervalMs)
    this.#pings.unref()
  }

  get connectionCount(): number {
    return this.#connections.size
  }

  /** Sends to one of the connections; again to another when that one breaks before it acknowledged. */
  async send(outgoing: Outgoing, signal: AbortSignal): Promise<Outcome> {
    if (this.#connections.size === 0)
      return { acknowledged: false, error: 'dispatch_failed', reason: 'connection_failed' }
    const envelopeId = randomUUID()
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    const { kind, payload, retry } = outgoing
    const frame = {
      envelope_id: envelopeId,
      type: kind,
      payload,
      accepts_response_payload: kind !== 'events_api',
      ...(kind === 'events_api'
        ? { retry_attempt: retry?.number ?? 0, retry_reason: retry?.reason ?? '' }
        : {}),
    }
    this.#pending.set(envelopeId, { frame, connection: undefined, settle: resolve })
    signal.addEventListener('abort', () => resolve(timedOut))
    this.#sendPending()
    try {
      return await promise
    } finally {
      this.#pending.delete(envelopeId)
    }
  }

  /** Tells the app to connect anew: at once, or (a warning) within 10 s. */
  disconnect(reason: DisconnectReason): void {
    for (const connection of this.#connections) {
      connection.leaving = true
      const frame = { type: 'disconnect', reason, debug_info: { host: 'applink-simulated' } }
      connection.socket.send(JSON.stringify(frame))
      this.#world.clock.after(warningMs, () => connection.socket.close(1000))
    }
  }

  /** Breaks the connections without a word. */
  drop(): void {
    for (const { socket } of this.#connections) socket.terminate()
  }

  close(): void {
    clearInterval(this.#pings)
    this.drop()
    this.#server.close()
  }

  #accept(socket: WebSocket): void {
    if (this.#connections.size >= maxConnections) {
      socket.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets' }))
      socket.close(1000)
      return
    }
    const connection: Connection = { socket, leaving: false }
    this.#connections.add(connection)
    socket.on('message', (data) => this.#acknowledge(data))
    // A frame that is too large: ws closes the connection itself.
    socket.on('error', () => undefined)
    socket.on('close', () => this.#forget(connection))
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: this.#connections.size,
        connection_info: { app_id: this.#world.app.appId },
        debug_info: { host: 'applink-simulated', approximate_connection_time: 3600 },
      }),
    )
    this.#sendPending()
    this.#world.changes.announce()
  }

  #forget(connection: Connection): void {
    this.#connections.delete(connection)
    for (const pending of this.#pending.values())
      if (pending.connection === connection) pending.connection = undefined
    this.#sendPending()
    this.#world.changes.announce()
  }

  #acknowledge(data: RawData): void {
    const message = parseJson(textOf(data))
    if (!isObject(message)) return
    const { payload } = message
    const isEmpty = !isObject(payload) || Object.keys(payload).length === 0
    this.#pending
      .get(stringOf(message.envelope_id) ?? '')
      ?.settle({ acknowledged: true, body: isEmpty ? undefined : payload })
  }

  #sendPending(): void {
    for (const pending of this.#pending.values()) {
      if (pending.connection !== undefined) continue
      const connection = this.#nextConnection()
      if (connection === undefined) return
      pending.connection = connection
      connection.socket.send(JSON.stringify(pending.frame))
    }
  }

  /** Takes turns among the connections, as an app must not rely on one of them. */
  #nextConnection(): Connection | undefined {
    const all = [...this.#connections]
    const staying = all.filter((connection) => !connection.leaving)
    const candidates = staying.length > 0 ? staying : all
    this.#turn += 1
    return candidates[this.#turn % candidates.length]
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString()
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString()
}
