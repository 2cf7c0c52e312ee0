import type { Clock } from './clock.ts'
import { Gate, type Budgets, type LaneName } from './gate.ts'
import { Line } from './line.ts'

export type SlackArguments = Readonly<Record<string, unknown>>
export type SlackAnswer = Readonly<Record<string, unknown>>

/** What is made right before it is sent, so that what had to wait is not old when it comes. */
export type LateArguments = () => Promise<SlackArguments> | SlackArguments

export interface SlackRequest {
  readonly lane: LaneName
  readonly method: string
  readonly args: SlackArguments
  readonly late?: LateArguments | undefined
}

export interface LanesNeeds {
  readonly clock: Clock
  /** @throws SlackCallError */
  readonly call: (lane: LaneName, method: string, args: SlackArguments) => Promise<SlackAnswer>
}

/**
 * Slack takes about one message a second in a channel, and a few at once now and then; of updates 50 a minute or more in a
 * workspace (its tier 3), where what people do must find room beside progress.
 */
const budgets: Readonly<Record<string, Budgets>> = {
  'chat.postMessage': { first: { burst: 2, perMinute: 60 }, progress: { burst: 1, perMinute: 60 } },
  'chat.update': { progress: { burst: 15, perMinute: 30 } },
}

/** What Slack limits for each channel by itself, and not for the workspace. */
const limitedByChannel = new Set(['chat.postMessage'])

/** What these are for is over before Slack would have them again. */
const impatient = new Set(['views.open', 'views.push'])

/**
 * The ways into a workspace: what people wait for, and progress, which makes way for it. In each lane the calls of a
 * method about one channel keep their order. Nothing is repeated but what Slack refused for being too much.
 */
export class Lanes {
  readonly #needs: LanesNeeds
  readonly #gates = new Map<string, Gate>()
  readonly #lines = new Map<string, Line>()

  constructor(needs: LanesNeeds) {
    this.#needs = needs
  }

  /** Aborted before it is sent, it is not sent any more. @throws SlackCallError; the signal’s reason when aborted */
  async run({ lane, method, args, late }: SlackRequest, signal: AbortSignal): Promise<SlackAnswer> {
    const channel = typeof args['channel'] === 'string' ? args['channel'] : undefined
    const gate = this.#gateOf(method, channel)
    const call = async () => {
      const all = { ...args, ...(await late?.()) }
      signal.throwIfAborted()
      return this.#needs.call(lane, method, all)
    }
    if (impatient.has(method)) return gate.passNow(lane, method, call)
    if (channel === undefined) return gate.pass(lane, call, signal)
    const leave = await this.#lineOf(`${lane} ${method} ${channel}`).enter(signal)
    try {
      return await gate.pass(lane, call, signal)
    } finally {
      leave()
    }
  }

  #gateOf(method: string, channel: string | undefined): Gate {
    const key = limitedByChannel.has(method) ? `${method} ${channel ?? ''}` : method
    const known = this.#gates.get(key)
    if (known !== undefined) return known
    const gate = new Gate(this.#needs.clock, budgets[method] ?? {})
    this.#gates.set(key, gate)
    return gate
  }

  #lineOf(key: string): Line {
    const known = this.#lines.get(key)
    if (known !== undefined) return known
    const line = new Line()
    this.#lines.set(key, line)
    return line
  }
}
