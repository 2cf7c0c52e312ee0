import { createServer, type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http'
import { listenOnLoopback } from './listen.ts'

/** Stands before servers, so that a test can let something happen before or after a certain request to any of them. */
export interface Gate extends AsyncDisposable {
  readonly url: string
  /** From here requests are counted, from 1. What is called back decides whether the request, or its answer, goes on. */
  watch(watcher: Watcher): void
  /** Resolves when the servers have answered everything that went on to them. */
  untilIdle(): Promise<void>
}

interface Watcher {
  readonly before: (n: number) => boolean
  readonly after: (n: number) => boolean
}

/** @param servers by what the path begins with */
export async function openGate(servers: Readonly<Record<string, string>>): Promise<Gate> {
  let count = 0
  let watcher: Watcher = { before: () => true, after: () => true }
  const underWay = new Set<Promise<unknown>>()
  const server = createServer((request, response) => {
    count += 1
    const n = count
    if (!watcher.before(n)) {
      response.destroy()
      return
    }
    const { url: path = '/' } = request
    const [, upstream] = Object.entries(servers).find(([prefix]) => path.startsWith(prefix)) ?? []
    if (upstream === undefined) {
      response.writeHead(404).end()
      return
    }
    const passed = pass(request, response, {
      url: new URL(path, upstream),
      mayAnswer: () => watcher.after(n),
    })
    underWay.add(passed)
    void passed.then(() => underWay.delete(passed))
  })
  const port = await listenOnLoopback(server)
  return {
    url: `http://127.0.0.1:${port}`,
    watch: (next) => {
      count = 0
      watcher = next
    },
    untilIdle: async () => {
      while (underWay.size > 0) await Promise.all(underWay)
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Resolves when there is an answer, or will be none. */
async function pass(
  request: IncomingMessage,
  response: ServerResponse,
  { url, mayAnswer }: { readonly url: URL; readonly mayAnswer: () => boolean },
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { method, headers } = request
  const upstream = httpRequest(url, { method, headers }, (answer) => {
    const chunks: Buffer[] = []
    answer.on('data', (chunk: Buffer) => void chunks.push(chunk))
    answer.on('end', () => {
      if (mayAnswer()) response.writeHead(answer.statusCode ?? 500, answer.headers).end(Buffer.concat(chunks))
      else response.destroy()
    })
  })
  upstream.on('error', () => void response.destroy())
  upstream.on('close', () => resolve())
  // Who asks has died in the middle of it.
  request.on('aborted', () => void upstream.destroy())
  request.pipe(upstream)
  return promise
}
