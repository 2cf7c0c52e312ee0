import type { SlackClock } from '../clock.ts'
import type { JsonObject } from '../json.ts'
import type { Changes } from '../state/changes.ts'

export type FaultAnswer =
  | { readonly kind: 'rate limited'; readonly retryAfterS: number }
  | { readonly kind: 'http'; readonly status: number }
  | { readonly kind: 'error'; readonly code: string; readonly messages?: readonly string[] }
  /** No answer until the fault is over, or the caller gives up. */
  | { readonly kind: 'hang' }
  /** The call has its effect, and then the connection breaks. */
  | { readonly kind: 'lost answer' }

export interface Fault {
  /** A method of the Web API, or `response_url`; all of them when left out. */
  readonly method?: string
  /** Calls with this `channel` only. */
  readonly channel?: string
  /** For so many calls; for ever when neither `times` nor `forMs` is given. */
  readonly times?: number
  /** For this long, by the clock of the simulator. */
  readonly forMs?: number
  readonly answer: FaultAnswer
}

interface ActiveFault {
  readonly fault: Fault
  readonly endsAtMs: number
  hits: number
}

/** What a test holds of a fault that it injected. */
export interface InjectedFault {
  readonly hits: () => number
  readonly remove: () => void
}

/** The faults that are in force. */
export class Faults {
  readonly #clock: SlackClock
  readonly #changes: Changes
  readonly #active = new Set<ActiveFault>()

  constructor(clock: SlackClock, changes: Changes) {
    this.#clock = clock
    this.#changes = changes
  }

  inject(fault: Fault): InjectedFault {
    const active: ActiveFault = {
      fault,
      endsAtMs: fault.forMs === undefined ? Infinity : this.#clock.nowMs() + fault.forMs,
      hits: 0,
    }
    this.#active.add(active)
    if (fault.forMs !== undefined) this.#clock.after(fault.forMs, () => this.#changes.announce())
    const remove = () => {
      this.#active.delete(active)
      this.#changes.announce()
    }
    return { hits: () => active.hits, remove }
  }

  /** The answer that a fault gives to this call, if one is in force. */
  meet(method: string, args: JsonObject): { answer: FaultAnswer; isOver: () => boolean } | undefined {
    for (const active of this.#active) {
      const { fault } = active
      if (!this.#isInForce(active) || active.hits >= (fault.times ?? Infinity)) continue
      if (fault.method !== undefined && fault.method !== method) continue
      if (fault.channel !== undefined && fault.channel !== (args.channel ?? args.channel_id)) continue
      active.hits += 1
      return { answer: fault.answer, isOver: () => !this.#isInForce(active) }
    }
    return undefined
  }

  #isInForce(active: ActiveFault): boolean {
    return this.#active.has(active) && active.endsAtMs > this.#clock.nowMs()
  }
}
