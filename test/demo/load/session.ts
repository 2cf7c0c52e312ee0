import { setTimeout as delay } from 'node:timers/promises'
import { Client, DatabaseError } from 'pg'
import { type Desk, RecentList, type ShopExtent } from './kinds.ts'
import { seededRandom } from '../../support/random.ts'
import { endsSession, OutcomeUnknown, runTransaction } from './transaction.ts'
import { pickKind } from './transactions/index.ts'

export interface LoadCounts {
  committed: number
  rolledBack: number
  /** By the fence. */
  refused: number
  errors: number
}

/** A transaction: its desk, and its number there. */
export type LedgerEntry = readonly [desk: number, entry: number]

/** What the load knows of its own transactions. */
export interface LoadLedger {
  /** The server has said that they are committed. */
  readonly acknowledged: LedgerEntry[]
  /** The session broke before it said so, or not. */
  readonly inDoubt: LedgerEntry[]
}

export interface SessionOptions {
  readonly url: string
  readonly extent: ShopExtent
  readonly number: number
  readonly desks: number
  /** Of this session alone. */
  readonly transactionsPerSecond: number
  readonly mayTruncate: () => boolean
  /** Whether the source may be fenced by now. */
  readonly mayBeFenced: () => boolean
  readonly counts: LoadCounts
  readonly ledger: LoadLedger
  readonly onError: (message: string) => void
}

/** What a session is behind by is made up for, up to this much. */
const maxArrearsMs = 2_000

/** After a failure, so that a server that is gone is not asked again and again. */
const errorPauseMs = 200

/** SQLSTATE lock_not_available: the one failure that is part of the load (see the daily picks). */
const lockNotAvailable = '55P03'

const insertEntry = 'insert into shop.ledger (desk, entry) values ($1, $2)'

/** What the server says of a writer that it does not want any more, once it is fenced. */
const fencedStates: ReadonlySet<string | undefined> = new Set([
  // read_only_sql_transaction, admin_shutdown, too_many_connections, object_not_in_prerequisite_state
  '25006',
  '57P01',
  '53300',
  '55000',
])

/**
 * One session of the load: a transaction after the other at an even pace until `signal` is aborted. When the server
 * ends it, it comes back, as an application does.
 */
export async function runSession(options: SessionOptions, signal: AbortSignal): Promise<void> {
  const desk = openDesk(options)
  const intervalMs = 1000 / options.transactionsPerSecond
  const pace = { intervalMs, dueMs: performance.now() + (intervalMs * options.number) / options.desks }
  let client = await openClient(options.url)
  while (!signal.aborted) {
    await workAtDesk(client, { desk, pace, options }, signal)
    await client.end().catch(() => undefined)
    if (signal.aborted) return
    client = await openClientAgain(options, client, signal)
  }
}

async function openClient(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: 'shop', pipeline: true })
  // What breaks the session fails the transaction under way too, which reports it.
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** The former one when `signal` was aborted meanwhile. */
async function openClientAgain(
  options: SessionOptions,
  former: Client,
  signal: AbortSignal,
): Promise<Client> {
  while (!signal.aborted) {
    try {
      return await openClient(options.url)
    } catch (error) {
      noteFailure('connecting', error, options)
      await delay(errorPauseMs)
    }
  }
  return former
}

interface Pace {
  readonly intervalMs: number
  dueMs: number
}

interface Work {
  readonly desk: Desk
  readonly pace: Pace
  readonly options: SessionOptions
}

/** Until `signal` is aborted or the session is over. */
async function workAtDesk(client: Client, work: Work, signal: AbortSignal): Promise<void> {
  const { pace } = work
  while (!signal.aborted) {
    const earlyMs = pace.dueMs - performance.now()
    if (earlyMs > 1) await delay(earlyMs)
    const outcome = await workOnce(client, work)
    // One that was rolled back comes on top.
    if (outcome === 'committed') {
      pace.dueMs = Math.max(pace.dueMs + pace.intervalMs, performance.now() - maxArrearsMs)
    }
    if (outcome === 'session over') return
  }
}

async function workOnce(
  client: Client,
  { desk, options }: Work,
): Promise<'committed' | 'not committed' | 'session over'> {
  const { counts, ledger } = options
  const kind = pickKind(desk.random)
  const entry = desk.nextEntry()
  try {
    const ending = await runTransaction(client, async (transaction) => {
      const wanted = await kind.run(transaction, desk)
      if (wanted === 'commit') void transaction.query(insertEntry, [desk.number, entry])
      return wanted
    })
    counts[ending === 'commit' ? 'committed' : 'rolledBack'] += 1
    if (ending === 'commit') ledger.acknowledged.push([desk.number, entry])
    return ending === 'commit' ? 'committed' : 'not committed'
  } catch (error) {
    if (error instanceof DatabaseError && error.code === lockNotAvailable) {
      counts.rolledBack += 1
      return 'not committed'
    }
    if (error instanceof OutcomeUnknown) ledger.inDoubt.push([desk.number, entry])
    noteFailure(kind.name, error, options)
    await delay(errorPauseMs)
    return error instanceof OutcomeUnknown || endsSession(error) ? 'session over' : 'not committed'
  }
}

/** A refusal is what a fence is for; anything else is a failure. */
function noteFailure(doing: string, error: unknown, { counts, mayBeFenced, onError }: SessionOptions): void {
  const cause = error instanceof OutcomeUnknown ? error.cause : error
  if (mayBeFenced() && (!(cause instanceof DatabaseError) || fencedStates.has(cause.code))) {
    counts.refused += 1
    return
  }
  counts.errors += 1
  onError(`${doing}: ${cause instanceof Error ? cause.message : String(cause)}`)
}

function openDesk({ number, desks, extent, mayTruncate }: SessionOptions): Desk {
  let tours = extent.bookings
  let entries = 0
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
    nextEntry: () => (entries += 1),
  }
}
