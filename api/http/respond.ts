import type { ServerResponse } from 'node:http'
import type { GraphQLError } from 'graphql'
import { formatPublicError } from '../operation/index.ts'

const commonHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

/** Headers that every answer carries, also those that are written elsewhere. */
export function setCommonHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(commonHeaders)) response.setHeader(name, value)
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
  response.end(`${JSON.stringify(body)}\n`)
}

const headersOfStatus: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  401: { 'www-authenticate': 'Bearer realm="godwit"' },
  429: { 'retry-after': '1' },
}

/** An error in the shape that GraphQL clients read. */
export function sendError(response: ServerResponse, status: number, error: GraphQLError): void {
  sendJson(response, status, { errors: [formatPublicError(error)] }, headersOfStatus[status])
}
