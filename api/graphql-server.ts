import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ExecutionArgs, GraphQLError } from 'graphql'
import type { SubscribePayload } from 'graphql-ws'
import { createYoga } from 'graphql-yoga'
import type { Viewer } from './auth/index.ts'
import type { ApiContext, ApiServices } from './context.ts'
import { graphqlPath } from './http/index.ts'
import {
  operationPlugin,
  type OperationSettings,
  requireOperation,
  toPublicError,
} from './operation/index.ts'
import { schema } from './schema/index.ts'
import type { PreparedOperation } from './websocket/index.ts'

export interface GraphqlServerOptions extends OperationSettings {
  readonly services: ApiServices
  readonly graphiql: boolean
}

/** Who calls, and until when. */
interface Caller {
  readonly viewer: Viewer
  readonly clientGone: AbortSignal
}

/** Runs GraphQL operations, however they arrive. */
export interface GraphqlServer {
  /** Answers a request: JSON, or server-sent events for a subscription. Without a viewer: the GraphiQL page. */
  readonly serveHttp: (request: IncomingMessage, response: ServerResponse, viewer: Viewer | null) => void
  /** Parses and validates an operation. Resolves with the errors when it is refused. */
  readonly prepare: (
    payload: SubscribePayload,
    caller: Caller,
  ) => Promise<PreparedOperation | readonly GraphQLError[]>
}

export function createGraphqlServer({
  services,
  graphiql,
  ...settings
}: GraphqlServerOptions): GraphqlServer {
  const { log, limits } = settings
  const yoga = createYoga<Partial<ApiContext>>({
    schema,
    graphqlEndpoint: graphqlPath,
    graphiql: graphiql ? { title: 'Godwit' } : false,
    landingPage: false,
    cors: false,
    multipart: false,
    batching: false,
    // It would keep the texts of queries, which may hold secrets.
    parserAndValidationCache: false,
    maxRequestBodySize: limits.maxBodyBytes,
    logging: false,
    maskedErrors: { maskError: (error) => toPublicError(error, log), errorMessage: '' },
    plugins: [operationPlugin(settings)],
  })
  const contextOf = (caller: Caller): ApiContext => ({ ...services, ...caller })

  return {
    serveHttp(request, response, viewer) {
      const clientGone = new AbortController()
      response.once('close', () => clientGone.abort())
      const context = viewer === null ? {} : contextOf({ viewer, clientGone: clientGone.signal })
      // It answers errors by itself.
      void yoga(request, response, context)
    },
    async prepare({ query, variables, operationName }, caller) {
      const {
        schema: current,
        parse,
        validate,
        contextFactory,
        execute,
        subscribe,
      } = yoga.getEnveloped(contextOf(caller))
      const document = parse(query)
      const errors = validate(current, document)
      if (errors.length > 0) return errors
      const isSubscription = requireOperation(document, operationName).operation === 'subscription'
      const args: ExecutionArgs = {
        schema: current,
        document,
        contextValue: await contextFactory(),
        ...(operationName != null && { operationName }),
        ...(variables != null && { variableValues: variables }),
      }
      return { args, run: () => (isSubscription ? subscribe(args) : execute(args)) }
    },
  }
}
