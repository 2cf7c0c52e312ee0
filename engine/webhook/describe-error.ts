import type { WebhookSettings } from './settings.ts'

/** Why there was no answer, for people. Node's messages name hosts and addresses, but no URLs. */
export function describeError(error: unknown, { timeoutMs }: Pick<WebhookSettings, 'timeoutMs'>): string {
  if (isTimeout(error)) return `The receiver did not answer within ${timeoutMs / 1_000} s.`
  return `The receiver cannot be reached: ${messageOf(error)}.`
}

function isTimeout(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error.name === 'TimeoutError' || (error.name === 'AbortError' && isTimeout(error.cause))
}

/** Of several addresses that were tried in vain, each has its own reason. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}
