import { SlackApiError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { World } from '../state/world.ts'
import type { Faults } from './faults.ts'
import type { RateLimits } from './rate-limits.ts'

export interface ApiAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: JsonObject
  /** Set when the caller must not hear of it: the connection breaks, or nothing comes until the fault is over. */
  readonly silence?: 'break' | { readonly until: () => boolean }
}

export interface ApiContext {
  readonly world: World
  readonly baseUrl: string
  readonly faults: Faults
  /** Undefined when a test does not want Slack's own rate limits. */
  readonly rateLimits: RateLimits | undefined
}

/**
 * The answer of `run`, or that of a fault which is in force.
 * @throws SlackApiError when the fault is an error code
 */
export function answerOrFault(
  { faults }: ApiContext,
  method: string,
  args: JsonObject,
  run: () => ApiAnswer,
): ApiAnswer {
  const met = faults.meet(method, args)
  if (met === undefined) return run()
  const { answer: fault, isOver } = met
  switch (fault.kind) {
    case 'rate limited':
      return rateLimited(fault.retryAfterS)
    case 'http':
      return { status: fault.status, headers: {}, body: { ok: false, error: 'internal_error' } }
    case 'error':
      throw new SlackApiError(fault.code, fault.messages)
    case 'hang':
      return { status: 503, headers: {}, body: { ok: false }, silence: { until: isOver } }
    case 'lost answer':
      return { ...run(), silence: 'break' }
    default:
      return fault satisfies never
  }
}

export function rateLimited(retryAfterS: number): ApiAnswer {
  return {
    status: 429,
    headers: { 'retry-after': String(retryAfterS) },
    body: { ok: false, error: 'ratelimited' },
  }
}
