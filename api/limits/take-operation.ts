import type { ApiToken } from '../../engine/index.ts'
import type { RateLimiter } from './rate-limiter.ts'

/**
 * Counts one operation of a token. The bot beside the API is not limited: it asks for what many people do together, and
 * nobody else has its token.
 * @throws GodwitError RATE_LIMITED
 */
export function takeOperation(
  limiter: RateLimiter,
  { id, isBuiltIn }: Pick<ApiToken, 'id' | 'isBuiltIn'>,
): void {
  if (!isBuiltIn) limiter.take(id)
}
