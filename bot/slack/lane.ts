import type { Clock } from './clock.ts'
import { SlackCallError } from './errors.ts'

export type SlackArguments = Readonly<Record<string, unknown>>
export type SlackAnswer = Readonly<Record<string, unknown>>

/** What is made right before it is sent, so that what had to wait is not old when it comes. */
export type LateArguments = () => Promise<SlackArguments> | SlackArguments

interface Request {
  readonly method: string
  readonly args: SlackArguments
  readonly late: LateArguments
}

export interface LaneNeeds {
  readonly clock: Clock
  /** @throws SlackCallError */
  readonly call: (method: string, args: SlackArguments, signal: AbortSignal) => Promise<SlackAnswer>
}

/** Calls of one method, and of one channel if it is about one. */
interface Queue {
  /** When the one before has ended. */
  tail: Promise<void>
  /** Slack wants no call of them before. */
  notBeforeMs: number
  waiting: number
}

/** Slack takes about one message a second in a channel. */
const paceMs: Readonly<Record<string, number>> = { 'chat.postMessage': 1000 }

/** What these are for is over before Slack would have them again. */
const impatient = new Set(['views.open', 'views.push'])

/**
 * One of the ways to Slack. What was once refused for being too much waits as long as Slack said, and only what is of the
 * same method and channel waits with it; what is about one channel keeps its order. Nothing is repeated for another reason.
 */
export class Lane {
  readonly #needs: LaneNeeds
  readonly #queues = new Map<string, Queue>()

  constructor(needs: LaneNeeds) {
    this.#needs = needs
  }

  /** @throws SlackCallError; the signal’s reason when aborted */
  async run(
    method: string,
    args: SlackArguments,
    signal: AbortSignal,
    late: LateArguments = noLateArguments,
  ): Promise<SlackAnswer> {
    const channel = typeof args['channel'] === 'string' ? args['channel'] : undefined
    const key = `${method} ${channel ?? ''}`
    const queue = this.#queueOf(key)
    queue.waiting += 1
    try {
      if (channel === undefined) return await this.#attempt(queue, { method, args, late }, signal)
      const turn = queue.tail.then(() => this.#attempt(queue, { method, args, late }, signal))
      queue.tail = turn.then(ignore, ignore)
      return await turn
    } finally {
      queue.waiting -= 1
      if (queue.waiting === 0 && queue.notBeforeMs <= this.#needs.clock.nowMs()) this.#queues.delete(key)
    }
  }

  async #attempt(queue: Queue, { method, args, late }: Request, signal: AbortSignal): Promise<SlackAnswer> {
    const { clock, call } = this.#needs
    for (;;) {
      signal.throwIfAborted()
      const waitMs = queue.notBeforeMs - clock.nowMs()
      if (waitMs > 0) {
        if (impatient.has(method)) throw new SlackCallError(method, 'limited', 'ratelimited', waitMs)
        await clock.sleep(waitMs, signal)
        continue
      }
      const all = { ...args, ...(await late()) }
      try {
        const answer = await call(method, all, signal)
        this.#postpone(queue, paceMs[method] ?? 0)
        return answer
      } catch (error) {
        if (!(error instanceof SlackCallError) || error.failure !== 'limited') throw error
        this.#postpone(queue, Math.max(error.retryAfterMs, 1000))
      }
    }
  }

  #postpone(queue: Queue, ms: number): void {
    queue.notBeforeMs = Math.max(queue.notBeforeMs, this.#needs.clock.nowMs() + ms)
  }

  #queueOf(key: string): Queue {
    const known = this.#queues.get(key)
    if (known !== undefined) return known
    const queue = { tail: Promise.resolve(), notBeforeMs: 0, waiting: 0 }
    this.#queues.set(key, queue)
    return queue
  }
}

function noLateArguments(): SlackArguments {
  return {}
}

function ignore(): void {
  // Whoever waits for the turn hears of it.
}
