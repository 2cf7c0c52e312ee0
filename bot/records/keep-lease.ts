import type { Clock } from '../slack/clock.ts'
import type { BotNote, Records } from './records.ts'

export interface LeaseNeeds {
  readonly records: Records
  readonly clock: Clock
}

/** Of who has died, it is taken over after this time. */
export const leaseMs = 15_000
const renewEveryMs = 5_000

/**
 * Renews a lease until aborted: what it is for may take minutes, when Slack limits it. Ends also when another process has
 * taken it over. Never rejects.
 */
export async function keepLease(
  { records, clock }: LeaseNeeds,
  taken: BotNote,
  signal: AbortSignal,
): Promise<void> {
  let held: BotNote | null = taken
  while (held !== null) {
    await clock.sleep(renewEveryMs, signal).catch(() => undefined)
    if (signal.aborted) return
    const last: BotNote = held
    const options = { expectedVersion: last.version, expiresInMs: leaseMs, signal }
    // While the API is away nobody else takes it over.
    held = await records.put(last.key, {}, options).catch(() => last)
  }
}
