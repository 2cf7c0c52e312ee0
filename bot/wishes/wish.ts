import { z } from 'zod'
import type { Records } from '../records/index.ts'

/** A start that somebody has asked for before verify has passed. */
export const wish = z.object({
  team: z.string(),
  userId: z.string(),
  /** Where they asked for it; null in direct messages. */
  channel: z.string().nullable(),
  /** Null: as soon as verify has passed. */
  startAt: z.string().nullable(),
  /** The beginning of the idempotency keys of what comes of it. */
  key: z.string(),
})

export type Wish = z.infer<typeof wish>

export const wishPrefix = 'wish/'

/** Nobody expects a start any more for which verify has not passed by then. */
const forgetAfterMs = 3_600_000

/** Where starts are noted until verify has passed. @throws ApiError, ApiUnreachableError */
export class WishBook {
  readonly #records: Records

  constructor(records: Records) {
    this.#records = records
  }

  async keep(shortId: string, kept: Wish): Promise<void> {
    await this.#records.put(wishPrefix + shortId, kept, { expiresInMs: forgetAfterMs })
  }
}
