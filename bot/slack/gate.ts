import { Allowance, type Budget } from './allowance.ts'
import type { Clock } from './clock.ts'
import { SlackCallError } from './errors.ts'
import { Line } from './line.ts'

/** `first`: alarms, approvals, and answers to people. `progress`: what may wait. */
export type LaneName = 'first' | 'progress'

/** What the lanes may use of what Slack allows; progress has what the first lane leaves of its own. */
export type Budgets = Readonly<Partial<Record<LaneName, Budget>>>

const minRetryMs = 1_000

/**
 * What Slack limits together: the calls of a method in a workspace, or those that post in one channel. Once Slack has
 * refused one for being too much, all of them wait as long as it said, and go one at a time from there on. What was
 * refused to progress may still be tried for people, whom nothing of progress holds up.
 */
export class Gate {
  readonly #clock: Clock
  readonly #allowances: Readonly<Record<LaneName, Allowance | undefined>>
  readonly #lines = { first: new Line(), progress: new Line() }
  readonly #closedUntilMs = { first: 0, progress: 0 }
  /** Lanes in which one waits for the answer to the one before. */
  readonly #narrow = new Set<LaneName>()

  constructor(clock: Clock, { first, progress }: Budgets) {
    const nowMs = clock.nowMs()
    this.#clock = clock
    this.#allowances = {
      first: first && new Allowance(first, nowMs),
      progress: progress && new Allowance(progress, nowMs),
    }
  }

  /** Calls as soon as it may, and again when Slack refuses it for being too much. @throws the signal’s reason */
  async pass<T>(lane: LaneName, call: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (;;) {
      const leave = await this.#lines[lane].enter(signal)
      try {
        await this.#untilOpen(lane, signal)
        if (!this.#narrow.has(lane)) leave()
        const answer = await this.#call(lane, call)
        leave()
        if (!this.#lines[lane].isBusy) this.#narrow.delete(lane)
        return answer
      } catch (error) {
        if (!isLimited(error)) throw error
      } finally {
        leave()
      }
    }
  }

  /** For what is of no use later. @throws SlackCallError when Slack would refuse it now, or does */
  async passNow<T>(lane: LaneName, method: string, call: () => Promise<T>): Promise<T> {
    const waitMs = this.#waitMs(lane)
    if (waitMs > 0) throw new SlackCallError(method, 'limited', 'ratelimited', waitMs)
    return this.#call(lane, call)
  }

  async #call<T>(lane: LaneName, call: () => Promise<T>): Promise<T> {
    const nowMs = this.#clock.nowMs()
    for (const each of touched[lane]) this.#allowances[each]?.take(nowMs)
    try {
      return await call()
    } catch (error) {
      if (isLimited(error)) this.#refused(lane, error.retryAfterMs)
      throw error
    }
  }

  async #untilOpen(lane: LaneName, signal: AbortSignal): Promise<void> {
    const { first } = this.#lines
    for (;;) {
      signal.throwIfAborted()
      const waitMs = this.#waitMs(lane)
      if (waitMs > 0) await this.#clock.sleep(waitMs, signal)
      else if (lane === 'progress' && first.isBusy) (await first.enter(signal))()
      else return
    }
  }

  #waitMs(lane: LaneName): number {
    const nowMs = this.#clock.nowMs()
    return Math.max(this.#closedUntilMs[lane] - nowMs, this.#allowances[lane]?.waitMs(nowMs) ?? 0)
  }

  #refused(lane: LaneName, retryAfterMs: number): void {
    const nowMs = this.#clock.nowMs()
    const untilMs = nowMs + Math.max(retryAfterMs, minRetryMs)
    this.#narrow.add(lane)
    for (const each of touched[lane]) {
      this.#allowances[each]?.empty(nowMs)
      this.#closedUntilMs[each] = Math.max(this.#closedUntilMs[each], untilMs)
    }
  }
}

/** What the first lane must not do, progress must not either. */
const touched: Readonly<Record<LaneName, readonly LaneName[]>> = {
  first: ['first', 'progress'],
  progress: ['progress'],
}

function isLimited(error: unknown): error is SlackCallError {
  return error instanceof SlackCallError && error.failure === 'limited'
}
