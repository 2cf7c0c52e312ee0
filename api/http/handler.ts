import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { GraphQLError } from 'graphql'
import { type ErrorCode, GodwitError, type TokenStore } from '../../engine/index.ts'
import { authenticate, credentialsOf, type Viewer } from '../auth/index.ts'
import { type RateLimiter, takeOperation } from '../limits/index.ts'
import { sendError, sendJson, setCommonHeaders } from './respond.ts'
import { isSameOrigin } from './same-origin.ts'

export const graphqlPath = '/graphql'
export const passwordPath = '/password/'

/** Something else that answers on the same port. */
export interface Mount {
  /** Such as `/slack/`: it answers every path that begins so. */
  readonly prefix: string
  readonly listener: RequestListener
}

export interface HttpNeeds {
  readonly tokens: TokenStore
  readonly isReady: () => Promise<boolean>
  readonly limiter: RateLimiter
  readonly graphiql: boolean
  /** What may be seen of an error; logs the rest. */
  readonly publish: (error: unknown) => GraphQLError
  /** Answers a GraphQL request; without a viewer, the GraphiQL page. */
  readonly serveGraphql: (request: IncomingMessage, response: ServerResponse, viewer: Viewer | null) => void
  readonly mounts: readonly Mount[]
  /** Answers what comes to a link for a password. */
  readonly servePasswordPage: (
    request: IncomingMessage,
    response: ServerResponse,
    linkId: string,
  ) => Promise<void>
}

/** Answers every HTTP request of the server. Never rejects. */
export function createHttpHandler(
  needs: HttpNeeds,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    setCommonHeaders(response)
    try {
      await route(needs, request, response)
    } catch (error) {
      sendError(response, statusOf(error), needs.publish(error))
    }
  }
}

async function route(needs: HttpNeeds, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = readPath(request)
  const mount = needs.mounts.find(({ prefix }) => path.startsWith(prefix))
  if (mount !== undefined) return mount.listener(request, response)
  if (path.startsWith(passwordPath))
    return await needs.servePasswordPage(request, response, path.slice(passwordPath.length))
  switch (path) {
    case '/health':
      return sendJson(response, 200, { status: 'alive' })
    case '/ready': {
      const isReady = await needs.isReady()
      return sendJson(response, isReady ? 200 : 503, { status: isReady ? 'ready' : 'not ready' })
    }
    case graphqlPath:
      return await routeGraphql(needs, request, response)
    default:
      throw new GodwitError('NOT_FOUND', 'There is nothing at this path.', {
        remedy: `GraphQL is at ${graphqlPath}; there are /health and /ready.`,
      })
  }
}

async function routeGraphql(
  { tokens, limiter, graphiql, serveGraphql }: HttpNeeds,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isSameOrigin(request)) {
    throw new GodwitError('FORBIDDEN', 'Pages of another origin may not use this server.', {
      remedy: 'Serve the page from the same host; a proxy must pass on Host or X-Forwarded-Host.',
    })
  }
  if (request.method === 'GET' && request.headers.accept?.includes('text/html') === true) {
    if (graphiql) return serveGraphql(request, response, null)
    throw new GodwitError('NOT_FOUND', 'GraphiQL is switched off on this server.', {
      remedy: 'Use another GraphQL client, with POST; or start Godwit with GraphiQL switched on.',
    })
  }
  assertGraphqlRequest(request)
  const viewer = await authenticate(tokens, credentialsOf(request.headers))
  takeOperation(limiter, viewer.token)
  serveGraphql(request, response, viewer)
}

/** @throws GodwitError REQUEST_INVALID */
function assertGraphqlRequest({ method, headers }: IncomingMessage): void {
  if (method === 'GET') return
  if (method !== 'POST')
    throw new GodwitError('REQUEST_INVALID', `The method ${method ?? ''} is not possible here.`)
  const mediaType = headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (mediaType === 'application/json' || mediaType === 'application/graphql+json') return
  throw new GodwitError('REQUEST_INVALID', 'The body must be of the content type application/json.')
}

/** @throws GodwitError REQUEST_INVALID, also for a Host header that no URL can have */
function readPath({ url = '/', headers }: IncomingMessage): string {
  const base = `http://${headers.host ?? 'localhost'}`
  if (!URL.canParse(url, base))
    throw new GodwitError('REQUEST_INVALID', 'The URL or the Host header is not valid.')
  return new URL(url, base).pathname
}

const statusOfCode: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  TOKEN_EXPIRED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  RATE_LIMITED: 429,
  REQUEST_INVALID: 400,
  BAD_INPUT: 400,
  QUERY_TOO_LARGE: 413,
}

function statusOf(error: unknown): number {
  if (!(error instanceof GodwitError)) return 500
  return statusOfCode[error.code] ?? (error.retryable ? 503 : 500)
}
