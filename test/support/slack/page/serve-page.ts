import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { ZodError } from 'zod'
import type { Slack } from '../simulator.ts'
import type { User } from '../state/model.ts'
import { act, parseAct } from './act.ts'
import { imageTypeOf } from './image-type.ts'
import { readAsset } from './assets.ts'
import type { Cast } from './screen.ts'
import { streamScreen } from './stream.ts'

interface Served {
  readonly url: string
  readonly close: () => Promise<void>
}

/** What the page may load: itself, and pictures from this computer, as nothing is to leave it. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data: http://127.0.0.1:* http://localhost:*",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Listens on the loopback interface. */
export async function servePage(slack: Slack, cast: Cast, port: number): Promise<Served> {
  const server = createServer()
  const listening = Promise.withResolvers<void>()
  server.once('error', listening.reject)
  server.listen(port, '127.0.0.1', listening.resolve)
  await listening.promise
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const url = `http://127.0.0.1:${address.port}/`
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    handle({ slack, cast, url }, request, response).catch((error: unknown) => {
      console.error('the page of the simulated Slack failed:', error)
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  })
  const close = async () => {
    const closed = Promise.withResolvers<void>()
    server.close(() => closed.resolve())
    server.closeAllConnections()
    await closed.promise
  }
  return { url, close }
}

interface Context {
  readonly slack: Slack
  readonly cast: Cast
  readonly url: string
}

async function handle(context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { slack, cast, url } = context
  response.setHeader('content-security-policy', policy)
  response.setHeader('x-content-type-options', 'nosniff')
  if (isForeign(request, new URL(url))) return end(response, 403, 'this page is for this computer only')
  const { pathname, searchParams } = new URL(request.url ?? '/', url)
  if (request.method === 'POST' && pathname === '/act') {
    const user = personFor(context, searchParams)
    return user === undefined ? end(response, 404, 'nobody') : answerAct(slack, user, request, response)
  }
  if (request.method !== 'GET') return end(response, 405, 'GET, or POST to /act')
  if (pathname === '/stream') {
    const user = personFor(context, searchParams)
    return user === undefined ? end(response, 404, 'nobody') : streamScreen(slack, user, cast, response)
  }
  if (pathname.startsWith('/files/')) return sendFile(slack, pathname.slice('/files/'.length), response)
  const asset = await readAsset(pathname)
  if (asset === undefined) return end(response, 404, 'not found')
  response.writeHead(200, { 'content-type': asset.type, 'cache-control': 'no-store' }).end(asset.text)
}

/** Another site, open in the same browser, must not act here; nor may a name that was pointed at this address. */
function isForeign({ headers }: IncomingMessage, own: URL): boolean {
  const isOwnHost = headers.host === own.host || headers.host === `localhost:${own.port}`
  const isOwnOrigin = headers.origin === undefined || headers.origin === `http://${headers.host ?? ''}`
  return !isOwnHost || !isOwnOrigin
}

/** Who `?as=` says, or the first of the cast. */
function personFor({ slack, cast }: Context, query: URLSearchParams): User | undefined {
  const asked = query.get('as') ?? ''
  const wanted = cast.roles.has(asked) ? asked : cast.roles.keys().next().value
  return slack
    .workspaces()
    .map(({ users }) => users.get(wanted ?? ''))
    .find((user) => user !== undefined)
}

async function answerAct(
  slack: Slack,
  user: User,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.headers['content-type'] !== 'application/json') return end(response, 415, 'application/json')
  const chunks: Buffer[] = []
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk)
  try {
    const what = parseAct(JSON.parse(Buffer.concat(chunks).toString()))
    const done = await act(slack, user, what)
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(done))
  } catch (error) {
    if (!(error instanceof ZodError) && !(error instanceof SyntaxError)) throw error
    end(response, 400, error.message)
  }
}

function sendFile(slack: Slack, id: string, response: ServerResponse): void {
  const file = slack.file(id)
  if (file === undefined) return end(response, 404, 'no such file')
  const type = imageTypeOf(file.bytes)
  const disposition = `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`
  response
    .writeHead(200, {
      'content-type': type ?? 'application/octet-stream',
      ...(type === undefined ? { 'content-disposition': disposition } : {}),
    })
    .end(file.bytes)
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text)
}
