import type { SlackClock } from '../clock.ts'
import type { Ids } from './ids.ts'

const lifetimeMs = 30_000

/** The URLs of Socket Mode: each is good for one connection. */
export class Tickets {
  readonly #clock: SlackClock
  readonly #ids: Ids
  readonly #expiresAtMs = new Map<string, number>()

  constructor(clock: SlackClock, ids: Ids) {
    this.#clock = clock
    this.#ids = ids
  }

  issue(): string {
    const path = `/link/?ticket=${this.#ids.secret()}`
    this.#expiresAtMs.set(path, this.#clock.nowMs() + lifetimeMs)
    return path
  }

  redeem(path: string): boolean {
    const expiresAtMs = this.#expiresAtMs.get(path)
    this.#expiresAtMs.delete(path)
    return expiresAtMs !== undefined && expiresAtMs > this.#clock.nowMs()
  }
}
