import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

export interface Listener extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /** Those that are open. */
  readonly sockets: ReadonlySet<Socket>
}

/** Takes connections, on the loopback interface, and does with them what the test says. */
export async function listen(onConnection: (socket: Socket) => void, host = '127.0.0.1'): Promise<Listener> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
    onConnection(socket)
  })
  server.listen(0, host)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not a TCP server')
  return {
    host,
    port: address.port,
    sockets,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
