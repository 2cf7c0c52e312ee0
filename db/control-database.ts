import { DrizzleQueryError, sql } from 'drizzle-orm'
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import type { Logger } from 'pino'
import { GodwitError, isGodwitError, sqlState, sqlStateOf } from '../engine/index.ts'

/** Runs statements: on any session of the pool, or on the one of a transaction. */
export type Database = NodePgDatabase

/** The sessions on the control database. */
export interface ControlDatabase extends AsyncDisposable {
  /** Statements that need no transaction. @throws GodwitError CONNECTION_LOST */
  run<T>(work: (database: Database) => Promise<T>): Promise<T>
  /**
   * All or nothing, at READ COMMITTED. When the answer to the commit is lost, so is whether it happened.
   * @throws GodwitError CONNECTION_LOST
   */
  transaction<T>(work: (transaction: Database) => Promise<T>): Promise<T>
}

/** Of every session: values print the same everywhere, and a process that hangs does not hold up the event feed. */
const sessionOptions = ['DateStyle=ISO', 'TimeZone=UTC', 'idle_in_transaction_session_timeout=30s']

/** How a session on the control database is opened. */
export function sessionConfig(databaseUrl: string, purpose: string): pg.ClientConfig {
  return {
    connectionString: databaseUrl,
    application_name: `godwit ${purpose}`,
    options: sessionOptions.map((option) => `-c ${option}`).join(' '),
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  }
}

export function openControlDatabase(databaseUrl: string, log: Logger): ControlDatabase {
  const pool = new pg.Pool({
    ...sessionConfig(databaseUrl, 'control'),
    max: 10,
    // The server gives up first, so that a statement which the client gave up on holds no lock.
    statement_timeout: 30_000,
    query_timeout: 35_000,
  })
  pool.on('error', (error) => log.warn({ err: error }, 'an idle session on the control database was lost'))
  pool.on('connect', (client) => {
    // The pool does not listen while a session is lent out; its statement rejects with the same error.
    client.on('error', () => undefined)
  })
  return {
    run: (work) => inSession(pool, work),
    transaction: (work) => inSession(pool, (session) => inTransaction(session, work)),
    [Symbol.asyncDispose]: () => pool.end(),
  }
}

async function inSession<T>(pool: pg.Pool, work: (session: Database) => Promise<T>): Promise<T> {
  const client = await connect(pool)
  try {
    const result = await work(drizzle({ client }))
    client.release()
    return result
  } catch (error) {
    const named = toNamedError(error)
    // A lost session, or one whose statement timed out here, is in no known state and must not be lent again.
    client.release(isGodwitError(named, 'CONNECTION_LOST'))
    throw named
  }
}

async function inTransaction<T>(session: Database, work: (transaction: Database) => Promise<T>): Promise<T> {
  await session.execute(sql`begin`)
  try {
    const result = await work(session)
    await session.execute(sql`commit`)
    return result
  } catch (error) {
    await session.execute(sql`rollback`)
    throw error
  }
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect()
  } catch (error) {
    throw new GodwitError('CONNECTION_LOST', `Cannot connect to the control database: ${describe(error)}`, {
      cause: error,
    })
  }
}

/** Takes the driver's error out of Drizzle's, which quotes the parameters, and names the loss of a connection. */
function toNamedError(error: unknown): unknown {
  if (!(error instanceof DrizzleQueryError)) return error
  const { cause } = error
  if (isConnectionLoss(cause)) {
    return new GodwitError('CONNECTION_LOST', `Lost the control database: ${describe(cause)}`, { cause })
  }
  // The detail quotes the row.
  if (cause instanceof pg.DatabaseError) cause.detail = undefined
  return cause
}

const connectionLossStates: ReadonlySet<string> = new Set([
  sqlState.adminShutdown,
  sqlState.crashShutdown,
  sqlState.cannotConnectNow,
])

/** The driver has no code for a session that ended or timed out: an error that the server did not send. */
function isConnectionLoss(error: unknown): boolean {
  const state = sqlStateOf(error)
  if (state !== undefined) return connectionLossStates.has(state) || state.startsWith('08')
  return error instanceof Error && !(error instanceof TypeError) && !(error instanceof RangeError)
}

/** Of several addresses that were tried in vain, each has its own reason. */
function describe(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describe).join('; ')
  return error instanceof Error ? error.message : String(error)
}
