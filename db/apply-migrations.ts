import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { GodwitError } from '../engine/index.ts'
import { type Database, sessionConfig } from './control-database.ts'

const config = {
  migrationsFolder: fileURLToPath(new URL('./migrations', import.meta.url)),
  migrationsSchema: 'godwit_control_history',
  migrationsTable: 'applied',
}

/** The type xid8 and its functions came with it. */
const oldestServer = { version: 13, number: 130_000 }

const lockSql = `select pg_advisory_lock(hashtextextended('godwit control database', 0))`

/**
 * Brings the schema up to this program's, then runs `prepare`, all under a lock that lets one process do so at a
 * time; others wait and find the work done.
 * @throws GodwitError CONNECTION_LOST when the server cannot be reached, CONFIGURATION_INVALID when it or the
 *   schema does not suit
 * @see https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
 */
export async function applyMigrations(
  databaseUrl: string,
  prepare: (database: Database) => Promise<void>,
): Promise<void> {
  const client = new pg.Client(sessionConfig(databaseUrl, 'migrations'))
  client.on('error', () => undefined)
  try {
    await connect(client)
    await assertServerIsNewEnough(client)
    // Of the session: it goes when the session ends, in whichever way.
    await client.query(lockSql)
    const database = drizzle({ client })
    await migrate(database, config)
    await assertSchemaIsNotNewer(database)
    await prepare(database)
  } finally {
    await client.end()
  }
}

/** Whether the newest migration that was applied is the newest of this program. */
export async function isSchemaCurrent(database: Database): Promise<boolean> {
  return (await newestApplied(database)) === newestKnown()
}

async function connect(client: pg.Client): Promise<void> {
  try {
    await client.connect()
  } catch (error) {
    const { host, port, database, user } = client
    const why = error instanceof Error ? error.message : String(error)
    throw new GodwitError(
      'CONNECTION_LOST',
      `Cannot connect to the control database ${host}:${port}/${database ?? ''} as ${user ?? ''}: ${why}`,
      { cause: error, remedy: 'Check DATABASE_URL, and that its server runs.' },
    )
  }
}

async function assertServerIsNewEnough(client: pg.Client): Promise<void> {
  const found = await client.query<{ number: number; version: string }>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as version`,
  )
  const server = found.rows[0]
  if (server !== undefined && server.number >= oldestServer.number) return
  throw new GodwitError(
    'CONFIGURATION_INVALID',
    `The control database is PostgreSQL ${server?.version ?? 'of an unknown version'}; it must be ${oldestServer.version} or newer.`,
    { remedy: 'Point DATABASE_URL to a newer server, or leave it unset.' },
  )
}

async function assertSchemaIsNotNewer(database: Database): Promise<void> {
  if ((await newestApplied(database)) <= newestKnown()) return
  throw new GodwitError(
    'CONFIGURATION_INVALID',
    'A newer Godwit has changed the schema of the control database.',
    {
      remedy: 'Start that version of Godwit, or a newer one.',
    },
  )
}

async function newestApplied(database: Database): Promise<number> {
  const applied = sql`${sql.identifier(config.migrationsSchema)}.${sql.identifier(config.migrationsTable)}`
  const found = await database.execute<{ newest: string | null }>(
    sql`select max(created_at)::text as newest from ${applied}`,
  )
  return Number(found.rows[0]?.newest ?? 0)
}

function newestKnown(): number {
  return Math.max(...readMigrationFiles(config).map((migration) => migration.folderMillis))
}
