import type { NotifyNeeds } from '../../../bot/notify/index.ts'

/** A call that changes something outside the process, before or after it has its effect. */
export interface Point {
  readonly call: string
  readonly side: 'before' | 'after'
  /** 1, 2, 3 … */
  readonly number: number
}

const changing: ReadonlySet<string> = new Set(['put', 'delete', 'post', 'update', 'direct'])

/** The life of a process, which can end in the middle of anything: then no call of it comes back any more. */
export class Life {
  readonly #diesAt: (point: Point) => boolean
  readonly #ended = Promise.withResolvers<void>()
  #isOver = false
  #points = 0

  constructor(diesAt: (point: Point) => boolean) {
    this.#diesAt = diesAt
  }

  get isOver(): boolean {
    return this.#isOver
  }

  get ended(): Promise<void> {
    return this.#ended.promise
  }

  end(): void {
    this.#isOver = true
    this.#ended.resolve()
  }

  /** What a process with this life is given. */
  of(needs: NotifyNeeds): NotifyNeeds {
    const { api, records, outgoing, clock } = needs
    return {
      ...needs,
      api: this.#mortal(api),
      records: this.#mortal(records),
      outgoing: this.#mortal(outgoing),
      clock: {
        nowMs: () => clock.nowMs(),
        sleep: async (ms, signal) => {
          await clock.sleep(ms, signal)
          if (this.#isOver) await never
        },
      },
    }
  }

  #mortal<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (_, name) => {
        const method: unknown = Reflect.get(target, name)
        if (typeof method !== 'function') return method
        return (...args: readonly unknown[]) =>
          this.#call(String(name), () => Reflect.apply(method, target, args))
      },
    })
  }

  #call(call: string, act: () => unknown): unknown {
    if (this.#dies(call, 'before')) return never
    const result = act()
    if (!(result instanceof Promise)) return result
    return result.then((value: unknown) => (this.#dies(call, 'after') ? never : value))
  }

  #dies(call: string, side: Point['side']): boolean {
    if (this.#isOver) return true
    if (!changing.has(call)) return false
    this.#points += 1
    if (!this.#diesAt({ call, side, number: this.#points })) return false
    this.end()
    return true
  }
}

const never: Promise<never> = Promise.withResolvers<never>().promise
