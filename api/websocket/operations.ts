import type { IncomingMessage } from 'node:http'
import type { ExecutionArgs, GraphQLError } from 'graphql'
import { CloseCode, type Context, type ServerOptions, type SubscribePayload } from 'graphql-ws'
import type { WebSocket } from 'ws'
import { GodwitError, isGodwitError, type TokenStore } from '../../engine/index.ts'
import { authenticate, credentialsOf, type Viewer } from '../auth/index.ts'
import { type RateLimiter, takeOperation } from '../limits/index.ts'
import { formatPublicError } from '../operation/index.ts'

/** One operation, prepared by the GraphQL server with its plugins. */
export interface PreparedOperation {
  readonly args: ExecutionArgs
  /** Runs whatever kind of operation it is. */
  readonly run: () => ReturnType<NonNullable<Options['execute']>>
}

export interface OperationNeeds {
  readonly tokens: TokenStore
  readonly limiter: RateLimiter
  readonly publish: (error: unknown) => GraphQLError
  /** Parses, validates and makes the context. Resolves with the errors when it is refused. */
  readonly prepare: (
    payload: SubscribePayload,
    caller: { readonly viewer: Viewer; readonly clientGone: AbortSignal },
  ) => Promise<PreparedOperation | readonly GraphQLError[]>
}

/** What is known of a socket. */
export interface SocketState {
  readonly socket: WebSocket
  readonly request: IncomingMessage
  readonly gone: AbortSignal
  viewer?: Viewer
}

type Data = Record<string, unknown> | null
type Parameters = Record<string, unknown>
type Options = ServerOptions<Parameters, SocketState>
type Connection = Context<Parameters, SocketState>

/** Try again later. @see https://www.iana.org/assignments/websocket/websocket.xhtml */
const tryAgainLater = 1013

/** The protocol `graphql-transport-ws` over the operations of the GraphQL server. */
export function websocketOptions(needs: OperationNeeds): Options {
  const runners = new WeakMap<ExecutionArgs, PreparedOperation['run']>()
  const run = (args: ExecutionArgs) => {
    const runner = runners.get(args)
    if (runner === undefined) throw new TypeError('an operation that was not prepared')
    return runner()
  }
  return {
    onConnect: (connection) => connect(needs, connection),
    async onSubscribe({ extra }, _id, payload) {
      try {
        const prepared = await prepareFor(needs, extra, payload)
        if (!('run' in prepared)) return prepared
        runners.set(prepared.args, prepared.run)
        return prepared.args
      } catch (error) {
        return [needs.publish(error)]
      }
    },
    execute: run,
    subscribe: run,
    onNext: (_connection, _id, _payload, _args, result) => withFormattedErrors(result, needs.publish),
    onError: (_connection, _id, _payload, errors) =>
      errors.map((error) => formatPublicError(needs.publish(error))),
  }
}

async function connect(needs: OperationNeeds, { extra, connectionParams }: Connection): Promise<boolean> {
  const fromHeaders = credentialsOf(extra.request.headers)
  try {
    extra.viewer = await authenticate(needs.tokens, {
      authorization: textOf(connectionParams?.['authorization']) ?? fromHeaders.authorization,
      onBehalfOf: textOf(connectionParams?.['onBehalfOf']) ?? fromHeaders.onBehalfOf,
      scope: limitOf(connectionParams?.['scope']) ?? fromHeaders.scope,
    })
    return true
  } catch (error) {
    const { extensions } = needs.publish(error)
    extra.socket.close(closeCodeFor(error), String(extensions['code']))
    return false
  }
}

function closeCodeFor(error: unknown): number {
  if (isGodwitError(error, 'FORBIDDEN')) return CloseCode.Forbidden
  if (isGodwitError(error, 'BAD_INPUT')) return CloseCode.BadRequest
  if (isGodwitError(error, 'UNAUTHENTICATED') || isGodwitError(error, 'TOKEN_EXPIRED'))
    return CloseCode.Unauthorized
  return tryAgainLater
}

/** The token is asked for again: it may have been revoked since the socket was opened. */
async function prepareFor(
  { limiter, prepare }: OperationNeeds,
  state: SocketState,
  payload: SubscribePayload,
) {
  if (state.viewer === undefined) throw new GodwitError('UNAUTHENTICATED', 'The connection carries no token.')
  takeOperation(limiter, state.viewer.token)
  const viewer = await state.viewer.recheck()
  return await prepare(payload, { viewer, clientGone: state.gone })
}

/** Undefined: as it is. */
function withFormattedErrors(
  { data, errors }: { readonly data?: Data | undefined; readonly errors?: readonly unknown[] | undefined },
  publish: OperationNeeds['publish'],
) {
  if (errors === undefined) return undefined
  return {
    ...(data !== undefined && { data }),
    errors: errors.map((error) => formatPublicError(publish(error))),
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** What is no text must be refused, not ignored: the caller wanted less than everything. */
function limitOf(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : (textOf(value) ?? '')
}
