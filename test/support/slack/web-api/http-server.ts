import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { listenOnLoopback } from '../../listen.ts'
import { authorize } from './authorize.ts'
import type { ApiAnswer, ApiContext } from './answer.ts'
import { callMethod } from './call-method.ts'
import { callResponseUrl } from './call-response-url.ts'

/** Listens on a free port of the loopback interface. */
export async function listen(): Promise<{ server: Server; baseUrl: string }> {
  const server = createServer()
  return { server, baseUrl: `http://127.0.0.1:${await listenOnLoopback(server)}` }
}

/** Serves what the app calls: the Web API, response URLs, uploads and OAuth. */
export function serve(server: Server, context: ApiContext): void {
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    handle(context, request, response).catch((error: unknown) => {
      // The app was killed while it sent: that is its affair.
      if (request.errored !== null) return
      // An error of the simulator itself: it must be seen, and must not look like one of Slack's.
      console.error('the simulated Slack failed:', error)
      response.writeHead(500).end()
    })
  })
}

async function handle(
  context: ApiContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', context.baseUrl)
  const body = await readBody(request)
  const [, area] = url.pathname.split('/')
  if (area === 'api') {
    const method = url.pathname.slice('/api/'.length)
    return send(context, request, response, callMethod(context, method, request.headers, body.toString()))
  }
  if (area === 'commands' || area === 'actions')
    return send(context, request, response, callResponseUrl(context, url.pathname, body.toString()))
  if (area === 'upload') return receiveFile(context, url.pathname, request, response, body)
  if (url.pathname === '/oauth/v2/authorize') return answerAuthorize(context, url, response)
  response.writeHead(404).end()
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function send(
  context: ApiContext,
  request: IncomingMessage,
  response: ServerResponse,
  answer: ApiAnswer,
): Promise<void> {
  const { silence } = answer
  if (silence === 'break') {
    request.socket.destroy()
    return
  }
  if (silence !== undefined) await hangUntil(context, silence.until, response)
  sendJson(response, answer)
}

async function hangUntil(
  context: ApiContext,
  isOver: () => boolean,
  response: ServerResponse,
): Promise<void> {
  const leave = () => context.world.changes.announce()
  response.on('close', leave)
  await context.world.changes.until(
    'the end of a fault',
    () => isOver() || response.destroyed || undefined,
    2 ** 31 - 1,
  )
  response.off('close', leave)
  await nextTurn()
}

function sendJson(response: ServerResponse, { status, headers, body }: ApiAnswer): void {
  if (response.destroyed) return
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
  response.end(JSON.stringify(body))
}

async function receiveFile(
  { world }: ApiContext,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
): Promise<void> {
  const bytes = await fileIn(request.headers['content-type'], body)
  if (world.files.receive(path, bytes)) response.end(`OK - ${bytes.length}`)
  else response.writeHead(400).end('upload failed')
}

/** A form with one file, or the bytes themselves. */
async function fileIn(contentType: string | undefined, body: Buffer): Promise<Buffer> {
  if (contentType?.startsWith('multipart/form-data') !== true) return body
  const form = await new Response(new Uint8Array(body), {
    headers: { 'content-type': contentType },
  }).formData()
  for (const value of form.values()) if (value instanceof File) return Buffer.from(await value.arrayBuffer())
  return Buffer.alloc(0)
}

function answerAuthorize({ world }: ApiContext, url: URL, response: ServerResponse): void {
  const { redirectTo, error } = authorize(world, url.searchParams)
  if (redirectTo === undefined) response.writeHead(400).end(error)
  else response.writeHead(302, { location: redirectTo }).end()
}
