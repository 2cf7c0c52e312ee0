import { type Json, parseJson } from '../json.ts'
import type { Outcome, SignedRequest } from './delivery.ts'

/** Posts a signed request to the app. Redirects are not followed. */
export async function post(url: string, request: SignedRequest, signal: AbortSignal): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: request.headers,
    body: request.body,
    redirect: 'manual',
    signal,
  })
}

/** Posts, and reads the acknowledgement: a status of 2xx, with or without a body. */
export async function deliverOverHttp(
  url: string,
  request: SignedRequest,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    const response = await post(url, request, signal)
    const text = await response.text()
    if (!response.ok)
      return {
        acknowledged: false,
        error: 'dispatch_failed',
        reason: 'http_error',
        noRetry: response.headers.get('x-slack-no-retry') === '1',
      }
    return { acknowledged: true, body: bodyOf(response.headers.get('content-type') ?? '', text) }
  } catch (error) {
    if (signal.aborted) return { acknowledged: false, error: 'operation_timeout', reason: 'http_timeout' }
    if (!(error instanceof TypeError)) throw error
    return { acknowledged: false, error: 'dispatch_failed', reason: 'connection_failed' }
  }
}

function bodyOf(contentType: string, text: string): Json | undefined {
  if (text === '') return undefined
  return contentType.startsWith('application/json') ? parseJson(text) : text
}
