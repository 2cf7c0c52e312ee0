import type { BotNote } from '../records/index.ts'
import type { Mandate, NotifyNeeds } from './ports.ts'

type LeaseNeeds = Pick<NotifyNeeds, 'records' | 'clock' | 'log'>

const ttlMs = 15_000
const renewMs = 5_000
const lookAgainMs = 3_000
/** Clocks do not run alike, and a call takes time to arrive. */
const marginMs = 2_000

/** Another process may have the lease by now. */
class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError'
}

/**
 * Does the work whenever this process has the lease, which one process has at a time; the others wait and take over.
 * Resolves when aborted.
 */
export async function whileHolding(
  needs: LeaseNeeds,
  key: string,
  work: (mandate: Mandate) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const begunMs = needs.clock.nowMs()
      const note = await needs.records.put(key, {}, { expectedVersion: 0, expiresInMs: ttlMs, signal })
      if (note !== null) await new Lease(needs, note, begunMs).hold(work, signal)
    } catch (error) {
      if (!signal.aborted) needs.log.warn({ err: error, lease: key }, 'the lease cannot be used now')
    }
    if (!signal.aborted) await needs.clock.sleep(lookAgainMs, signal).catch(ignore)
  }
}

class Lease {
  readonly #needs: LeaseNeeds
  readonly #ended = new AbortController()
  #note: BotNote
  #validUntilMs: number

  constructor(needs: LeaseNeeds, note: BotNote, begunMs: number) {
    this.#needs = needs
    this.#note = note
    this.#validUntilMs = begunMs + ttlMs - marginMs
  }

  async hold(work: (mandate: Mandate) => Promise<void>, signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, this.#ended.signal])
    const renewing = this.#renew(either)
    try {
      await work({ signal: either, assertHeld: () => this.#assertHeld(either) })
    } catch (error) {
      if (!either.aborted) throw error
    } finally {
      this.#ended.abort(new LeaseLostError('the work is over'))
      await renewing
      // So that the next one need not wait until it expires.
      await this.#needs.records.delete(this.#note.key, this.#note.version).catch(ignore)
    }
  }

  #assertHeld(signal: AbortSignal): void {
    signal.throwIfAborted()
    if (this.#needs.clock.nowMs() < this.#validUntilMs) return
    this.#lose()
    throw new LeaseLostError(`the lease ${this.#note.key} has run out`)
  }

  async #renew(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#needs
    while (!signal.aborted) {
      try {
        await clock.sleep(renewMs, signal)
        if (!(await this.#renewOnce(signal))) this.#lose()
      } catch (error) {
        if (signal.aborted) return
        log.warn({ err: error }, 'the lease of the feed cannot be renewed now')
        if (clock.nowMs() >= this.#validUntilMs) this.#lose()
      }
    }
  }

  async #renewOnce(signal: AbortSignal): Promise<boolean> {
    const { records, clock } = this.#needs
    const begunMs = clock.nowMs()
    const { key, version } = this.#note
    const note = await records.put(key, {}, { expectedVersion: version, expiresInMs: ttlMs, signal })
    if (note === null) return false
    this.#note = note
    this.#validUntilMs = begunMs + ttlMs - marginMs
    return true
  }

  #lose(): void {
    if (this.#ended.signal.aborted) return
    this.#needs.log.warn({ lease: this.#note.key }, 'another process may tell people now: this one stops')
    this.#ended.abort(new LeaseLostError(`the lease ${this.#note.key} is lost`))
  }
}

function ignore(): void {
  // Aborted, or it expires by itself.
}
