import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import pg from 'pg'
import type { Logger } from 'pino'
import type { Doorbell } from '../engine/index.ts'
import { type Database, sessionConfig } from './control-database.ts'

const channel = 'godwit_doorbell'

/** After a loss of the connection: short at first, for a restart of the server; then no burden. */
const reconnectDelay = { firstMs: 100, maxMs: 10_000 }

/** A connection that vanished without a word is noticed by asking. */
const heartbeatMs = 30_000

/**
 * Rings when the transaction commits.
 * @see https://www.postgresql.org/docs/current/sql-notify.html
 */
export async function ringDoorbell(transaction: Database, migrationId: string): Promise<void> {
  await transaction.execute(sql`select pg_notify(${channel}, ${migrationId})`)
}

type Listener = (migrationId: string | null) => void

/**
 * Listens on a connection of its own, and reconnects for as long as it is not disposed of. Resolves when it listens
 * for the first time.
 */
export async function openDoorbell(databaseUrl: string, log: Logger): Promise<Doorbell & AsyncDisposable> {
  const listeners = new Set<Listener>()
  const stopping = new AbortController()
  const ring: Listener = (migrationId) => {
    for (const listener of listeners) callSafely(listener, migrationId, log)
  }
  const first = await listen(databaseUrl, ring)
  const ended = keepListening(first, { databaseUrl, ring, log }, stopping.signal)
  return {
    subscribe: (listener) => {
      // Wrapped, so that one function may subscribe twice.
      const own: Listener = (migrationId) => listener(migrationId)
      listeners.add(own)
      return { [Symbol.dispose]: () => listeners.delete(own) }
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort()
      await ended
    },
  }
}

interface Listening {
  readonly databaseUrl: string
  readonly ring: Listener
  readonly log: Logger
}

async function keepListening(
  first: pg.Client,
  { databaseUrl, ring, log }: Listening,
  signal: AbortSignal,
): Promise<void> {
  let client: pg.Client | null = first
  let delayMs = reconnectDelay.firstMs
  while (!signal.aborted) {
    if (client !== null) {
      delayMs = reconnectDelay.firstMs
      await untilLost(client, signal)
      await client.end()
      if (signal.aborted) return
      log.warn('lost the connection that listens to the control database')
    }
    await delay(delayMs, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    delayMs = Math.min(delayMs * 2, reconnectDelay.maxMs)
    client = await listen(databaseUrl, ring).catch((error: unknown) => {
      log.warn({ err: error }, 'cannot listen to the control database')
      return null
    })
    // What rang while nobody listened is not known.
    if (client !== null) ring(null)
  }
}

async function listen(databaseUrl: string, ring: Listener): Promise<pg.Client> {
  const client = new pg.Client({ ...sessionConfig(databaseUrl, 'doorbell'), query_timeout: 10_000 })
  client.on('error', () => undefined)
  client.on('notification', ({ payload }) => ring(payload ?? null))
  try {
    await client.connect()
    await client.query(`listen ${channel}`)
    return client
  } catch (error) {
    await client.end()
    throw error
  }
}

/** Resolves when the session is over, does not answer any more, or `signal` aborts. */
async function untilLost(client: pg.Client, signal: AbortSignal): Promise<void> {
  const over = new AbortController()
  const ended = once(client, 'end', { signal: AbortSignal.any([signal, over.signal]) })
  const dead = beat(client, AbortSignal.any([signal, over.signal]))
  await Promise.race([ended, dead]).catch(() => undefined)
  over.abort()
  await Promise.allSettled([ended, dead])
}

/** Rejects when the server does not answer, or `signal` aborts. */
async function beat(client: pg.Client, signal: AbortSignal): Promise<never> {
  for (;;) {
    await delay(heartbeatMs, undefined, { signal })
    await client.query('select')
  }
}

function callSafely(listener: Listener, migrationId: string | null, log: Logger): void {
  try {
    listener(migrationId)
  } catch (error) {
    log.error({ err: error }, 'a listener of the doorbell failed')
  }
}
