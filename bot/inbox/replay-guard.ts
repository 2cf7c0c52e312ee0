import { createHash } from 'node:crypto'
import type { Records } from '../records/index.ts'
import type { SignedRequest } from '../slack/index.ts'

/** Clocks differ by a little. What is signed for later could otherwise be kept and used again when its time has come. */
const maxAheadS = 30
/** Longer than a signature is good for: five minutes, and what the clocks differ by. */
const rememberMs = 10 * 60_000

/** Refuses requests that were sent before, byte for byte, and those of the future. */
export class ReplayGuard {
  readonly #records: Records

  constructor(records: Records) {
    this.#records = records
  }

  /**
   * Whether the request is new. A retry of an event may carry the signature of the first within the same second; what was
   * done already is known by the id of the event.
   * @throws ApiError, ApiUnreachableError
   */
  async admits(request: SignedRequest, signal: AbortSignal): Promise<boolean> {
    if (request.timestampS > Date.now() / 1000 + maxAheadS) return false
    if (request.mayComeAgain) return true
    const options = { expectedVersion: 0, expiresInMs: rememberMs, signal }
    return (await this.#records.put(keyOf(request), {}, options)) !== null
  }

  /** The request came to nothing: the same may come again. */
  async forget(request: SignedRequest): Promise<void> {
    await this.#records.delete(keyOf(request))
  }
}

function keyOf({ signature }: SignedRequest): string {
  return `nonce/${createHash('sha256').update(signature).digest('hex')}`
}
