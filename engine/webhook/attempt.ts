import { randomUUID } from 'node:crypto'
import { describeError } from './describe-error.ts'
import type { WebhookTarget } from '../ports/index.ts'
import { isGodwitError } from '../errors.ts'
import { parseWebhookUrl } from './address.ts'
import { writePingBody } from './message.ts'
import { type Attempt, describeFailure } from './outcome.ts'
import { post } from './post.ts'
import { signWebhook } from './secret.ts'
import type { WebhookSettings } from './settings.ts'

/**
 * Sends a message once. Resolves however it goes.
 * @throws the reason of `signal` when that aborts
 */
export async function attemptDelivery(
  { target, id, body }: { readonly target: WebhookTarget; readonly id: string; readonly body: string },
  settings: WebhookSettings,
  signal: AbortSignal,
): Promise<Attempt> {
  const headers = signWebhook({ id, body, secrets: target.secrets, at: target.now })
  try {
    const url = parseWebhookUrl(target.url, settings)
    return { answer: await post({ url, headers, body }, settings, signal) }
  } catch (error) {
    signal.throwIfAborted()
    return { failure: isGodwitError(error) ? error.message : describeError(error, settings) }
  }
}

/** How a test of a webhook went. */
export interface WebhookPing {
  readonly delivered: boolean
  readonly statusCode: number | null
  readonly error: string | null
  readonly durationMs: number
}

/** Sends a message of the type PING at once, signed as all are. It is not repeated, and nothing of it is kept. */
export async function pingWebhook(
  target: WebhookTarget,
  settings: WebhookSettings,
  signal: AbortSignal,
): Promise<WebhookPing> {
  const id = randomUUID()
  const startedMs = performance.now()
  const attempt = await attemptDelivery({ target, id, body: writePingBody(id, target.now) }, settings, signal)
  const error = describeFailure(attempt)
  return {
    delivered: error === null,
    statusCode: attempt.answer?.statusCode ?? null,
    error,
    durationMs: Math.round(performance.now() - startedMs),
  }
}
