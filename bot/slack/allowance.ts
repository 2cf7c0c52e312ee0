export interface Budget {
  /** So many at once, after nothing for a while. */
  readonly burst: number
  readonly perMinute: number
}

/** How many calls may still be made, when they come back with time. */
export class Allowance {
  readonly #budget: Budget
  #left: number
  #atMs: number

  constructor(budget: Budget, nowMs: number) {
    this.#budget = budget
    this.#left = budget.burst
    this.#atMs = nowMs
  }

  /** Until one more may be made. */
  waitMs(nowMs: number): number {
    this.#refill(nowMs)
    return this.#left >= 1 ? 0 : Math.ceil((1 - this.#left) * this.#msOfOne)
  }

  /** One is made, whether or not it may be. */
  take(nowMs: number): void {
    this.#refill(nowMs)
    this.#left = Math.max(0, this.#left - 1)
  }

  /** There were too many: from here they come one by one. */
  empty(nowMs: number): void {
    this.#refill(nowMs)
    this.#left = 0
  }

  get #msOfOne(): number {
    return 60_000 / this.#budget.perMinute
  }

  #refill(nowMs: number): void {
    this.#left = Math.min(this.#budget.burst, this.#left + (nowMs - this.#atMs) / this.#msOfOne)
    this.#atMs = nowMs
  }
}
