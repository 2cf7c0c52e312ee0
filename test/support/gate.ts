import { createServer, request as httpRequest } from 'node:http'
import { listenOnLoopback } from './listen.ts'

/** Stands before servers, so that a test can let something happen before or after a certain request to any of them. */
export interface Gate extends AsyncDisposable {
  readonly url: string
  /** From here requests are counted, from 1. What is called back decides whether the request, or its answer, goes on. */
  watch(watcher: { readonly before: (n: number) => boolean; readonly after: (n: number) => boolean }): void
}

/** @param servers by what the path begins with */
export async function openGate(servers: Readonly<Record<string, string>>): Promise<Gate> {
  let count = 0
  let watcher: Parameters<Gate['watch']>[0] = { before: () => true, after: () => true }
  const server = createServer((request, response) => {
    count += 1
    const n = count
    if (!watcher.before(n)) {
      response.destroy()
      return
    }
    const { url: path = '/' } = request
    const [, server] = Object.entries(servers).find(([prefix]) => path.startsWith(prefix)) ?? []
    if (server === undefined) {
      response.writeHead(404).end()
      return
    }
    const upstream = httpRequest(
      new URL(path, server),
      { method: request.method, headers: request.headers },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => void chunks.push(chunk))
        answer.on('end', () => {
          if (!watcher.after(n)) {
            response.destroy()
            return
          }
          response.writeHead(answer.statusCode ?? 500, answer.headers)
          response.end(Buffer.concat(chunks))
        })
      },
    )
    upstream.on('error', () => void response.destroy())
    request.pipe(upstream)
  })
  const port = await listenOnLoopback(server)
  return {
    url: `http://127.0.0.1:${port}`,
    watch: (next) => {
      count = 0
      watcher = next
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
