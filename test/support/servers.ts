/**
 * Databases, roles and servers for tests.
 *
 * Three servers run for the whole test run: `source` (PostgreSQL 15), `target` (18) and `control` (18), each
 * with `wal_level=logical`. A test makes itself a fresh database on them and leaves nothing behind:
 *
 *     await using source = await createDatabase('source')
 *     await source.query('create table t (id int primary key)')
 *     const client = await source.connect()      // ended with the database
 *
 * What is made first is disposed of last: make roles before the databases that hold their objects. Use
 * `startServer` for a test that needs settings, TLS or a crash of its own, and `waitFor` instead of sleeping.
 */
import { randomBytes } from 'node:crypto'
import type { Client, ClientConfig, QueryResult, QueryResultRow } from 'pg'
import { inject } from 'vitest'
import { quoteIdent, quoteLiteral } from '../../engine/postgres/quote.ts'
import { connectClient, type TestClient } from './connect-client.ts'
import type { ServerCoordinates, ServerName } from './server-coordinates.ts'
import { waitFor } from './wait-for.ts'

export { type ServerVersion, type TestServer, startServer } from './start-server.ts'
export type { ServerCoordinates, ServerName } from './server-coordinates.ts'
export type { TestClient } from './connect-client.ts'
export { waitFor } from './wait-for.ts'

/** A shared server by its name, or one of `startServer`. */
export type AnyServer = ServerName | ServerCoordinates

export interface TestDatabaseOptions {
  readonly template?: string
  readonly encoding?: string
  /** The C library's locale; the servers' own is C. */
  readonly locale?: string
  readonly owner?: string
}

export interface TestDatabase extends AsyncDisposable {
  readonly name: string
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly url: string
  /** A new session as the superuser, or as another; ended with the database, if not before. */
  connect(options?: ClientConfig): Promise<TestClient>
  /** Runs one statement on a session that is kept for this. */
  query<R extends QueryResultRow = QueryResultRow>(
    sql: string,
    params?: readonly unknown[],
  ): Promise<QueryResult<R>>
}

export interface TestRole extends AsyncDisposable {
  readonly user: string
  readonly password: string
}

/** The coordinates of a server. */
function coordinatesOf(server: AnyServer): ServerCoordinates {
  return typeof server === 'string' ? inject('servers')[server] : server
}

/** Runs one statement as the superuser in the database `postgres` of a server. */
export async function queryServer<R extends QueryResultRow = QueryResultRow>(
  server: AnyServer,
  sql: string,
  params: readonly unknown[] = [],
): Promise<QueryResult<R>> {
  await using client = await connectClient({ ...coordinatesOf(server), database: 'postgres' })
  return await client.query<R>(sql, [...params])
}

/**
 * Creates a database with a name of its own. Disposing of it ends its sessions, drops the replication slots
 * and prepared transactions that are left in it, and drops it.
 */
export async function createDatabase(
  server: AnyServer,
  options: TestDatabaseOptions = {},
): Promise<TestDatabase> {
  const { host, port, user, password } = coordinatesOf(server)
  const name = `test_${randomBytes(6).toString('hex')}`
  await queryServer(server, `create database ${name} ${creationOptions(options)}`)
  const clients = new Set<TestClient>()

  const connect = async (overrides: ClientConfig = {}): Promise<TestClient> => {
    const client = await connectClient({ host, port, user, password, database: name, ...overrides })
    clients.add(client)
    client.once('end', () => clients.delete(client))
    return client
  }
  let shared: Promise<TestClient> | undefined
  return {
    name,
    host,
    port,
    user,
    password,
    url: `postgresql://${user}:${password}@${host}:${port}/${name}`,
    connect,
    query: async (sql, params = []) => (await (shared ??= connect())).query(sql, [...params]),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...clients].map((client) => client[Symbol.asyncDispose]()))
      await dropDatabase(server, name)
    },
  }
}

/** Creates a control database, as the first opening leaves it: on the shared server by copying one. */
export async function createControlDatabase(server: AnyServer = 'control'): Promise<TestDatabase> {
  return await createDatabase(server, server === 'control' ? { template: inject('controlTemplate') } : {})
}

function creationOptions({ template, encoding, locale, owner }: TestDatabaseOptions): string {
  // Only template0 can be copied under another encoding or locale.
  const from = template ?? (encoding === undefined && locale === undefined ? undefined : 'template0')
  return [
    from === undefined ? '' : `template ${quoteIdent(from)}`,
    encoding === undefined ? '' : `encoding ${quoteLiteral(encoding)}`,
    locale === undefined ? '' : `locale ${quoteLiteral(locale)}`,
    owner === undefined ? '' : `owner ${quoteIdent(owner)}`,
    // Costs the server less than writing every page of it to the WAL.
    template === undefined ? '' : 'strategy file_copy',
  ].join(' ')
}

async function dropDatabase(server: AnyServer, name: string): Promise<void> {
  await using admin = await connectClient({ ...coordinatesOf(server), database: 'postgres' })
  await dropSlots(admin, name)
  await rollBackPrepared(admin, server, name)
  await admin.query(`drop database if exists ${name} with (force)`)
}

/** Ends who uses the slots of the database and drops them; a server refuses to drop a database in such use. */
async function dropSlots(admin: Client, database: string): Promise<void> {
  await waitFor(
    async () => {
      await admin.query(
        `select pg_terminate_backend(active_pid) from pg_replication_slots
         where database = $1 and active_pid is not null`,
        [database],
      )
      // A slot that is taken between the two statements, or is just being released, is left for the next try.
      await admin
        .query(
          `select pg_drop_replication_slot(slot_name) from pg_replication_slots
           where database = $1 and active_pid is null`,
          [database],
        )
        .catch(() => undefined)
      const { rowCount } = await admin.query('select from pg_replication_slots where database = $1', [
        database,
      ])
      return rowCount === 0
    },
    { describe: `the replication slots of ${database} to be dropped` },
  )
}

async function rollBackPrepared(admin: Client, server: AnyServer, database: string): Promise<void> {
  const { rows } = await admin.query<{ gid: string }>(
    'select gid from pg_prepared_xacts where database = $1',
    [database],
  )
  if (rows.length === 0) return
  await using client = await connectClient({ ...coordinatesOf(server), database })
  for (const { gid } of rows) await client.query(`rollback prepared ${quoteLiteral(gid)}`)
}

/**
 * Creates a role that may log in, with a name and password of its own.
 *
 * @param options what follows CREATE ROLE, such as `replication` or `superuser`
 */
export async function createRole(
  server: AnyServer,
  { options = '' }: { readonly options?: string } = {},
): Promise<TestRole> {
  const user = `role_${randomBytes(6).toString('hex')}`
  const password = randomBytes(12).toString('base64url')
  await queryServer(server, `create role ${user} login password ${quoteLiteral(password)} ${options}`)
  return {
    user,
    password,
    [Symbol.asyncDispose]: async () => {
      await queryServer(server, `drop owned by ${user}`)
      await queryServer(server, `drop role ${user}`)
    },
  }
}
