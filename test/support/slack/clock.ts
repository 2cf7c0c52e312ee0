interface Timer {
  readonly dueMs: number
  readonly run: () => void
}

/**
 * The time of the simulated Slack: it runs like any clock, and a test moves it forward instead of waiting.
 *
 * Everything that Slack judges goes by it: trigger ids, response URLs, acknowledgements, retries, tokens, rate limits.
 * The timestamp of a signed request is real time, because the app compares it with its own clock.
 */
export class SlackClock {
  #offsetMs = 0
  #frozenAtMs: number | undefined
  readonly #timers = new Set<Timer>()
  #alarm: NodeJS.Timeout | undefined

  nowMs(): number {
    return this.#frozenAtMs ?? Date.now() + this.#offsetMs
  }

  nowS(): number {
    return Math.floor(this.nowMs() / 1000)
  }

  /** Runs what falls due on the way, in its order. */
  advance(ms: number): void {
    const targetMs = this.nowMs() + ms
    for (let next = this.#earliest(); next !== undefined && next.dueMs <= targetMs; next = this.#earliest()) {
      this.#setTo(Math.max(next.dueMs, this.nowMs()))
      this.#fire(next)
    }
    this.#setTo(Math.max(targetMs, this.nowMs()))
    this.#setAlarm()
  }

  /** From here time moves by `advance` only. */
  freeze(): void {
    this.#frozenAtMs = this.nowMs()
    this.#setAlarm()
  }

  /** Returns what cancels it. */
  after(delayMs: number, run: () => void): () => void {
    const timer: Timer = { dueMs: this.nowMs() + delayMs, run }
    this.#timers.add(timer)
    this.#setAlarm()
    return () => {
      this.#timers.delete(timer)
      this.#setAlarm()
    }
  }

  stop(): void {
    this.#timers.clear()
    clearTimeout(this.#alarm)
  }

  #setTo(ms: number): void {
    if (this.#frozenAtMs === undefined) this.#offsetMs = ms - Date.now()
    else this.#frozenAtMs = ms
  }

  #fire(timer: Timer): void {
    this.#timers.delete(timer)
    timer.run()
  }

  #earliest(): Timer | undefined {
    let earliest: Timer | undefined
    for (const timer of this.#timers)
      if (earliest === undefined || timer.dueMs < earliest.dueMs) earliest = timer
    return earliest
  }

  #setAlarm(): void {
    clearTimeout(this.#alarm)
    const next = this.#earliest()
    if (next === undefined || this.#frozenAtMs !== undefined) return
    this.#alarm = setTimeout(() => this.advance(0), Math.max(0, next.dueMs - this.nowMs()))
    // A simulator that was left open must not keep a test run alive.
    this.#alarm.unref()
  }
}
