import { once } from 'node:events'
import { createConnection, createServer, type Socket } from 'node:net'
import { listenOnLoopback } from './listen.ts'

/** A way to a server that a test can block, as a network does. */
export interface TcpProxy extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /** Nothing passes any more, and nobody is told: neither on connections that are open nor on new ones. */
  stall(): void
  /** All connections break, and new ones are refused by closing them. */
  cut(): void
  /** New connections pass again. */
  mend(): void
}

/** Passes on what comes to a port of its own to a server. */
export async function startTcpProxy(to: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  let state: 'open' | 'stalled' | 'cut' = 'open'
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
  }
  const server = createServer((client) => {
    keep(client)
    if (state === 'cut') client.destroy()
    if (state !== 'open') return
    const upstream = createConnection(to)
    keep(upstream)
    client.pipe(upstream)
    upstream.pipe(client)
    client.once('close', () => upstream.destroy())
    upstream.once('close', () => client.destroy())
  })
  const port = await listenOnLoopback(server)
  const breakAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    host: '127.0.0.1',
    port,
    stall: () => {
      state = 'stalled'
      for (const socket of sockets) socket.unpipe()
      for (const socket of sockets) socket.pause()
    },
    cut: () => {
      state = 'cut'
      breakAll()
    },
    mend: () => {
      state = 'open'
      breakAll()
    },
    [Symbol.asyncDispose]: async () => {
      breakAll()
      server.close()
      await once(server, 'close')
    },
  }
}
