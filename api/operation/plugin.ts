import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  getOperationAST,
  type GraphQLError,
  type OperationDefinitionNode,
} from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { Logger } from 'pino'
import { GodwitError } from '../../engine/index.ts'
import type { ApiContext } from '../context.ts'
import { assertComplexity } from '../limits/index.ts'
import { createQuota, guardStream } from '../subscriptions/index.ts'
import { checkVariables } from './check-variables.ts'
import { parseQuery } from './parse.ts'
import { toPublicError } from './public-error.ts'
import { validateDocument, type ValidationSettings } from './validate.ts'

/** Over HTTP, the GraphQL server adds the request. */
type OperationContext = ApiContext & { readonly request?: Request | undefined }

export interface OperationSettings extends ValidationSettings {
  readonly log: Logger
}

/**
 * What every operation goes through, over HTTP, server-sent events and WebSocket alike: bounded parsing,
 * validation with limits, checked variables, complexity, guarded subscriptions, and errors that give nothing away.
 */
export function operationPlugin(settings: OperationSettings): Plugin<ApiContext> {
  const { limits, log } = settings
  const subscriptionQuota = createQuota(limits.maxSubscriptionsPerToken)
  const publish = (error: unknown): GraphQLError => toPublicError(error, log)
  const refuse = (error: unknown): ExecutionResult => ({ errors: [publish(error)] })

  return {
    onParse({ setParseFn }) {
      setParseFn((source) => parseQuery(String(source), limits.maxTokens))
    },
    onValidate({ params, setResult }) {
      try {
        setResult(validateDocument(params.schema, params.documentAST, settings).map(publish))
      } catch (error) {
        setResult([publish(error)])
      }
    },
    onExecute({ args, setResultAndStopExecution }) {
      try {
        checkOperation(args, limits.maxComplexity)
      } catch (error) {
        setResultAndStopExecution(refuse(error))
      }
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const context: OperationContext = args.contextValue
      try {
        assertStreaming(context)
        checkOperation(args, limits.maxComplexity)
        const giveBack = subscriptionQuota.take(context.viewer.token.id)
        return {
          onSubscribeResult({ result, setResult }) {
            if (!isAsyncIterable(result)) {
              giveBack()
              return
            }
            const guarded = guardStream(result[Symbol.asyncIterator](), {
              viewer: context.viewer,
              recheckMs: context.subscriptions.recheckMs,
              endings: [context.clientGone, context.stopping],
              resultOf: refuse,
              onEnd: giveBack,
            })
            setResult(guarded)
          },
        }
      } catch (error) {
        setResultAndStopExecution(refuse(error))
        return undefined
      }
    },
  }
}

/** @throws GodwitError REQUEST_INVALID, BAD_INPUT, QUERY_TOO_COMPLEX */
function checkOperation(
  { schema, document, operationName, variableValues }: ExecutionArgs,
  max: number,
): void {
  const operation = requireOperation(document, operationName)
  const variables = variableValues ?? {}
  checkVariables(schema, operation, variables)
  assertComplexity({ schema, document, operation, variables }, max)
}

/**
 * Over HTTP, a subscription is answered by a stream that may never end: only for who asks for one.
 * @throws GodwitError REQUEST_INVALID
 */
function assertStreaming({ request }: { readonly request?: Request | undefined }): void {
  if (request === undefined || request.headers.get('accept')?.includes('text/event-stream') === true) return
  throw new GodwitError('REQUEST_INVALID', 'A subscription is not answered by JSON over HTTP.', {
    remedy: 'Send accept: text/event-stream, or use a WebSocket with the protocol graphql-transport-ws.',
  })
}

/** The operation that is to run. @throws GodwitError REQUEST_INVALID */
export function requireOperation(
  document: DocumentNode,
  name: string | null | undefined,
): OperationDefinitionNode {
  const operation = getOperationAST(document, name)
  if (operation) return operation
  throw new GodwitError('REQUEST_INVALID', 'The document does not say which operation to run.', {
    remedy: 'Give operationName one of the operations of the document.',
  })
}

function isAsyncIterable<T>(result: T | AsyncIterable<T>): result is AsyncIterable<T> {
  return typeof result === 'object' && result !== null && Symbol.asyncIterator in result
}
