import { randomUUID } from 'node:crypto'
import { GraphQLError } from 'graphql'
import type { Logger } from 'pino'
import { type ErrorCode, errorCodes, GodwitError, sqlStateOf } from '../../engine/index.ts'

/** Codes of the libraries below, by ours. */
const codeOfLibrary: Readonly<Record<string, ErrorCode>> = {
  BAD_REQUEST: 'REQUEST_INVALID',
  OPERATION_RESOLUTION_FAILURE: 'REQUEST_INVALID',
  REQUEST_ENTITY_TOO_LARGE: 'QUERY_TOO_LARGE',
}

/** Of the HTTP answer. With `spec`, application/json keeps its customary 200 for mistakes in the query. */
function httpOf(code: ErrorCode, given: object = { spec: true }): object {
  return { status: 400, ...given, ...(code === 'REQUEST_INVALID' && { spec: false }) }
}

/**
 * What a client may see of an error: its code, message and remedy when Godwit named it, or when it is about the
 * request itself. All else is a bug: logged under an id, and only the id goes out.
 */
export function toPublicError(error: unknown, log: Logger): GraphQLError {
  if (error instanceof GraphQLError && isPublic.has(error)) return error
  const named = findNamedError(error)
  if (named !== undefined && named.code !== 'INTERNAL') return publish(named, error)
  if (named === undefined && isRequestError(error)) return publishRequestError(error)
  const errorId = randomUUID()
  const path = error instanceof GraphQLError ? error.path?.join('.') : undefined
  if (isAborted(error)) log.debug({ errorId, path }, 'an operation was given up')
  else log.error({ errorId, path, error: describeUnexpected(error) }, 'an operation failed unexpectedly')
  return publish(
    new GodwitError('INTERNAL', 'Something went wrong inside Godwit.', {
      remedy: `Look for ${errorId} in the log of Godwit.`,
    }),
    error,
    { errorId },
  )
}

/** Those that have been through here; the layers of the server hand them in again. */
const isPublic = new WeakSet<GraphQLError>()

function publish(
  named: GodwitError,
  at: unknown,
  more: Readonly<Record<string, unknown>> = {},
): GraphQLError {
  const located = at instanceof GraphQLError ? at : undefined
  const isAboutRequest = located?.path === undefined
  const result = new GraphQLError(named.message, {
    ...placeOf(located),
    extensions: {
      code: named.code,
      remedy: named.remedy,
      ...(named.field !== null && { field: named.field }),
      ...(isAboutRequest && named.code !== 'INTERNAL' && { http: httpOf(named.code) }),
      ...more,
    },
  })
  isPublic.add(result)
  return result
}

/** An error of GraphQL itself that has a path, or a cause, was raised by our resolvers or values. */
function isRequestError(error: unknown): error is GraphQLError {
  return error instanceof GraphQLError && error.path === undefined && causeOf(error) === undefined
}

function publishRequestError(error: GraphQLError): GraphQLError {
  const { code: given, http, remedy } = error.extensions
  const code =
    typeof given === 'string'
      ? (errorCodes.find((known) => known === given) ?? codeOfLibrary[given] ?? 'QUERY_INVALID')
      : 'QUERY_INVALID'
  const named = new GodwitError(code, error.message, typeof remedy === 'string' ? { remedy } : {})
  return publish(named, error, { http: httpOf(code, http) })
}

function placeOf(error: GraphQLError | undefined): ConstructorParameters<typeof GraphQLError>[1] {
  if (error === undefined) return {}
  const { nodes, source, positions, path } = error
  return {
    ...(nodes !== undefined && { nodes }),
    ...(source !== undefined && { source }),
    ...(positions !== undefined && { positions }),
    ...(path !== undefined && { path }),
  }
}

function findNamedError(error: unknown): GodwitError | undefined {
  for (const link of causesOf(error)) if (link instanceof GodwitError) return link
  return undefined
}

function* causesOf(error: unknown): Generator {
  let link = error
  for (let depth = 0; depth < 5 && link !== undefined && link !== null; depth++) {
    yield link
    link = causeOf(link)
  }
}

/** Its client is gone, so nobody will read the answer. */
function isAborted(error: unknown): boolean {
  return [...causesOf(error)].some((link) => link instanceof DOMException && link.name === 'AbortError')
}

function causeOf(error: unknown): unknown {
  if (error instanceof GraphQLError && error.originalError) return error.originalError
  return error instanceof Error ? error.cause : undefined
}

/** Errors of the language, whose messages quote no data. */
const plainErrors: ReadonlySet<unknown> = new Set([
  Error.prototype,
  TypeError.prototype,
  RangeError.prototype,
  ReferenceError.prototype,
])

/**
 * What the log may hold. Messages of other classes, such as those of database drivers and parsers, can quote
 * parameters and rows, so of those only the SQLSTATE and the place in the code are kept.
 */
function describeUnexpected(error: unknown): readonly object[] {
  const links = [...causesOf(error)]
  // GraphQL wraps what a resolver throws.
  const inner = links.length > 1 && links[0] instanceof GraphQLError ? links.slice(1) : links
  return inner.map((link) => {
    if (!(link instanceof Error)) return { type: typeof link }
    const isPlain = link instanceof GodwitError || plainErrors.has(Object.getPrototypeOf(link))
    return {
      type: link.name,
      ...(isPlain && { message: link.message }),
      sqlState: sqlStateOf(link),
      stack: (link.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)),
    }
  })
}
