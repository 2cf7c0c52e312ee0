import type { SlackClock } from '../clock.ts'
import { SlackApiError } from '../errors.ts'
import type { Ids } from './ids.ts'

export interface TriggerOwner {
  readonly workspaceId: string
  readonly userId: string
  /** The view that it came from, when it came from a modal. */
  readonly viewId?: string
  /** The channel that it came from, or that the modal was opened in. */
  readonly channelId?: string
}

interface Trigger extends TriggerOwner {
  readonly expiresAtMs: number
  exchanged: boolean
}

/** Trigger ids: each opens one view, within 3 seconds (https://docs.slack.dev/interactivity/handling-user-interaction). */
export class Triggers {
  readonly #clock: SlackClock
  readonly #ids: Ids
  readonly #lifetimeMs: number
  readonly #triggers = new Map<string, Trigger>()

  constructor(clock: SlackClock, ids: Ids, lifetimeMs: number) {
    this.#clock = clock
    this.#ids = ids
    this.#lifetimeMs = lifetimeMs
  }

  issue(owner: TriggerOwner): string {
    const number = this.#triggers.size + 1
    const triggerId = `${1_000_000 + number}.${2_000_000 + number}.${this.#ids.secret()}`
    this.#triggers.set(triggerId, {
      ...owner,
      expiresAtMs: this.#clock.nowMs() + this.#lifetimeMs,
      exchanged: false,
    })
    return triggerId
  }

  exchange(triggerId: string, workspaceId: string): TriggerOwner {
    const trigger = this.#triggers.get(triggerId)
    if (trigger === undefined || trigger.workspaceId !== workspaceId)
      throw new SlackApiError('invalid_trigger_id')
    if (trigger.exchanged) throw new SlackApiError('exchanged_trigger_id')
    if (trigger.expiresAtMs < this.#clock.nowMs()) throw new SlackApiError('expired_trigger_id')
    trigger.exchanged = true
    return trigger
  }
}
