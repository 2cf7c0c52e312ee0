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
  /** When it is given up, and the person told so. */
  until: z.iso.datetime(),
  /** The beginning of the idempotency keys of what comes of it. */
  key: z.string(),
})

export type Wish = z.infer<typeof wish>

export const wishPrefix = 'wish/'

/** Of a start at a time: who verifies so late still means it. */
const graceMs = 3_600_000
/** Of a start as soon as verify has passed. */
const patienceMs = 86_400_000

/** Where starts are noted until verify has passed. @throws ApiError, ApiUnreachableError */
export class WishBook {
  readonly #records: Records

  constructor(records: Records) {
    this.#records = records
  }

  async keep(shortId: string, asked: Omit<Wish, 'until'>): Promise<void> {
    const { startAt } = asked
    const untilMs = startAt === null ? Date.now() + patienceMs : Date.parse(startAt) + graceMs
    const kept: Wish = { ...asked, until: new Date(untilMs).toISOString() }
    // It does not expire by itself, so that the person can be told.
    await this.#records.put(wishPrefix + shortId, kept)
  }
}
