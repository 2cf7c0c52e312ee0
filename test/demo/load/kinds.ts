import type { Random } from '../../support/random.ts'
import type { Ending, Transaction } from './transaction.ts'

/** What the rows were when the load began; ids go from 1 to these. */
export interface ShopExtent {
  readonly customers: number
  readonly products: number
  readonly orders: number
  readonly events: number
  readonly bookings: number
  /** Pages of the search log, to reach its rows by their place: it has no key. */
  readonly searchLogPages: number
}

/** What one session of the load works with. */
export interface Desk {
  readonly random: Random
  readonly extent: ShopExtent
  /** 0 to `desks` - 1. Some rows belong to one desk, so that no two do to them what would make one fail. */
  readonly number: number
  readonly desks: number
  readonly recentOrders: RecentList<string>
  readonly giftCards: RecentList<string>
  readonly bookings: RecentList<number>
  readonly mayTruncate: () => boolean
  /** A number higher than all before it. */
  nextTour(): number
  /** Of the ledger: a number of its own for each transaction that is begun. */
  nextEntry(): number
}

/** One kind of transaction; it happens as often as its weight says. */
export interface TransactionKind {
  readonly name: string
  readonly weight: number
  run(transaction: Transaction, desk: Desk): Promise<Ending>
}

/** The latest few of something, oldest first. */
export class RecentList<T> {
  readonly #items: T[] = []
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  add(item: T): void {
    this.#items.push(item)
    if (this.#items.length > this.#limit) this.#items.shift()
  }

  pick(random: Random): T | undefined {
    return this.#items[random.between(0, this.#items.length - 1)]
  }

  takeOldest(): T | undefined {
    return this.#items.shift()
  }

  /** The two latest, if there are two. */
  latestTwo(): readonly [T, T] | undefined {
    const [first, second] = this.#items.slice(-2)
    return first === undefined || second === undefined ? undefined : [first, second]
  }
}
