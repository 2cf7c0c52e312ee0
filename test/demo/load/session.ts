import { setTimeout as delay } from 'node:timers/promises'
import { Client, DatabaseError } from 'pg'
import { type Desk, RecentList, type ShopExtent } from './kinds.ts'
import { seededRandom } from '../../support/random.ts'
import { runTransaction } from './transaction.ts'
import { pickKind } from './transactions/index.ts'

export interface LoadCounts {
  committed: number
  rolledBack: number
  errors: number
}

export interface SessionOptions {
  readonly url: string
  readonly extent: ShopExtent
  readonly number: number
  readonly desks: number
  /** Of this session alone. */
  readonly transactionsPerSecond: number
  readonly mayTruncate: () => boolean
  readonly counts: LoadCounts
  readonly onError: (message: string) => void
}

/** What a session is behind by is made up for, up to this much. */
const maxArrearsMs = 2_000

/** After a failure, so that a server that is gone is not asked again and again. */
const errorPauseMs = 200

/** SQLSTATE lock_not_available: the one failure that is part of the load (see the daily picks). */
const lockNotAvailable = '55P03'

/** One session of the load: a transaction after the other at an even pace until `signal` is aborted. */
export async function runSession(options: SessionOptions, signal: AbortSignal): Promise<void> {
  const client = new Client({ connectionString: options.url, application_name: 'shop', pipeline: true })
  // What breaks the session fails the transaction under way too, which reports it.
  client.on('error', () => undefined)
  await client.connect()
  try {
    await workAtDesk(client, options, signal)
  } finally {
    await client.end()
  }
}

async function workAtDesk(client: Client, options: SessionOptions, signal: AbortSignal): Promise<void> {
  const desk = openDesk(options)
  const intervalMs = 1000 / options.transactionsPerSecond
  let dueMs = performance.now() + (intervalMs * options.number) / options.desks
  while (!signal.aborted) {
    const earlyMs = dueMs - performance.now()
    if (earlyMs > 1) await delay(earlyMs)
    const committed = await workOnce(client, desk, options)
    // One that was rolled back comes on top.
    if (committed) dueMs = Math.max(dueMs + intervalMs, performance.now() - maxArrearsMs)
  }
}

async function workOnce(client: Client, desk: Desk, { counts, onError }: SessionOptions): Promise<boolean> {
  const kind = pickKind(desk.random)
  try {
    const ending = await runTransaction(client, (transaction) => kind.run(transaction, desk))
    counts[ending === 'commit' ? 'committed' : 'rolledBack'] += 1
    return ending === 'commit'
  } catch (error) {
    if (error instanceof DatabaseError && error.code === lockNotAvailable) {
      counts.rolledBack += 1
      return false
    }
    counts.errors += 1
    onError(`${kind.name}: ${error instanceof Error ? error.message : String(error)}`)
    await delay(errorPauseMs)
    return false
  }
}

function openDesk({ number, desks, extent, mayTruncate }: SessionOptions): Desk {
  let tours = extent.bookings
  return {
    random: seededRandom(extent.orders * desks + number),
    extent,
    number,
    desks,
    recentOrders: new RecentList(200),
    giftCards: new RecentList(50),
    bookings: new RecentList(20),
    mayTruncate,
    nextTour: () => (tours += 1),
  }
}
