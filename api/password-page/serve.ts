import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ControlStores, type Endpoint, GodwitError, isGodwitError } from '../../engine/index.ts'
import type { TestConnection } from '../context.ts'
import type { HttpNeeds } from '../http/index.ts'
import { sendJson } from '../http/respond.ts'
import { isSameOrigin } from '../http/same-origin.ts'
import { createRateLimiter, type RateLimiter } from '../limits/index.ts'
import { page, pageHeaders } from './page.ts'
import { readSubmission, type Submission } from './read-submission.ts'

/** Nobody types faster; and nobody has 256 bits guessed by this much. */
const rate = { operationsPerSecond: 1, operationBurst: 30 }

export interface PasswordPageNeeds {
  readonly stores: Pick<ControlStores, 'endpoints' | 'passwordLinks'>
  readonly testConnection: TestConnection
}

/**
 * The page on which somebody enters the password of an endpoint by a one-time link. The page is the same for every link;
 * its script sends the secret from the fragment, and with it the password. Throws what is to be answered in its stead.
 */
export function createPasswordPage(needs: PasswordPageNeeds): HttpNeeds['servePasswordPage'] {
  const limiter = createRateLimiter(rate)
  return async (request, response, linkId) => {
    if (request.method === 'GET') {
      response.writeHead(200, pageHeaders)
      response.end(page)
      return
    }
    if (request.method !== 'POST')
      throw new GodwitError('REQUEST_INVALID', `The method ${request.method ?? ''} is not possible here.`)
    if (!isSameOrigin(request)) {
      throw new GodwitError('FORBIDDEN', 'Pages of another origin may not enter passwords.', {
        remedy: 'Open the link itself; a proxy must pass on Host or X-Forwarded-Host.',
      })
    }
    take(limiter, request)
    const submission = await readSubmission(request)
    sendJson(response, 200, await answer(needs, { linkId, submission, response }))
  }
}

function take(limiter: RateLimiter, { socket }: IncomingMessage): void {
  try {
    limiter.take(socket.remoteAddress ?? '')
  } catch (error) {
    if (!isGodwitError(error, 'RATE_LIMITED')) throw error
    throw new GodwitError('RATE_LIMITED', 'This was tried too often.', {
      remedy: 'Wait a moment, then try again.',
    })
  }
}

interface Submitted {
  readonly linkId: string
  readonly submission: Submission
  readonly response: ServerResponse
}

async function answer(
  { stores, testConnection }: PasswordPageNeeds,
  { linkId, submission, response }: Submitted,
): Promise<object> {
  const { secret, password } = submission
  const key = { id: linkId, secret }
  if (password === undefined) {
    const { endpoint, expiresAt } = await stores.passwordLinks.open(key)
    return { endpoint: describe(endpoint), expiresAt: expiresAt.toISOString() }
  }
  const { id } = await stores.passwordLinks.redeem(key, password)
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const { ok, stages, serverVersion } = await testConnection(
    await stores.endpoints.connection(id),
    gone.signal,
  )
  const failed = stages.find(({ outcome, stage }) => outcome === 'failed' && stage !== 'REPLICATION')
  if (failed === undefined) return { test: { ok: true, detail: reached(serverVersion, ok) } }
  const next = 'If the password was wrong, ask for a new link and enter it again.'
  return { test: { ok: false, detail: failed.detail, remedy: failed.remedy, next } }
}

function reached(serverVersion: string | null, forReplication: boolean): string {
  const version = `PostgreSQL ${serverVersion ?? ''} answered.`
  return forReplication
    ? version
    : `${version} Replication is not allowed to the user, which only a source needs.`
}

function describe({ name, host, port, database, user }: Endpoint): object {
  return { name, host, port, database, user }
}
