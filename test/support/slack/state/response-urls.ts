import type { SlackClock } from '../clock.ts'
import type { Ids } from './ids.ts'

const lifetimeMs = 30 * 60_000
const maxUses = 5

/** Where the answers to a response URL go. */
export interface ResponseTarget {
  readonly workspaceId: string
  readonly channelId: string
  readonly userId: string
  /** The message that was clicked, which `replace_original` and `delete_original` mean. */
  readonly originalTs?: string
  readonly threadTs?: string
}

interface ResponseUrl {
  readonly target: ResponseTarget
  readonly expiresAtMs: number
  uses: number
}

export type Redeemed =
  | { readonly target: ResponseTarget; readonly error?: never }
  | { readonly target?: never; readonly error: 'invalid_url' | 'expired_url' | 'used_url' }

/** Response URLs: 5 uses within 30 minutes each. */
export class ResponseUrls {
  readonly #clock: SlackClock
  readonly #ids: Ids
  readonly #urls = new Map<string, ResponseUrl>()

  constructor(clock: SlackClock, ids: Ids) {
    this.#clock = clock
    this.#ids = ids
  }

  /** The path of the URL. */
  issue(kind: 'commands' | 'actions', target: ResponseTarget): string {
    const path = `/${kind}/${target.workspaceId}/${this.#ids.secret()}`
    this.#urls.set(path, { target, expiresAtMs: this.#clock.nowMs() + lifetimeMs, uses: 0 })
    return path
  }

  redeem(path: string): Redeemed {
    const url = this.#urls.get(path)
    if (url === undefined) return { error: 'invalid_url' }
    if (url.expiresAtMs < this.#clock.nowMs()) return { error: 'expired_url' }
    if (url.uses >= maxUses) return { error: 'used_url' }
    url.uses += 1
    return { target: url.target }
  }
}
