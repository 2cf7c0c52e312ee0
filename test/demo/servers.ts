/** The two PostgreSQL servers of the demo, each with an empty database named shop. */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { startEmbeddedServer } from '../../db/embedded/index.ts'
import { type ServerVersion, silentLog, testBinaries } from '../support/start-server.ts'

export interface DemoDatabase {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  /** With the password. */
  readonly url: string
  /** As the server prints it. */
  readonly serverVersion: string
}

export interface DemoServers extends AsyncDisposable {
  readonly source: DemoDatabase
  readonly target: DemoDatabase
}

const database = 'shop'

/** What is here lives no longer than the demo, so nothing waits for the disk; the rest is as one would set it. */
const settings = {
  fsync: 'off',
  wal_level: 'logical',
  shared_buffers: '256MB',
  maintenance_work_mem: '128MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
} as const

/** Makes the directory below which all of the demo lives. Disposing of it removes it. */
export async function makeDemoDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'godwit-demo-'))
  // The servers of a demo that root runs belong to another account, which has to pass.
  await chmod(path, 0o711)
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) }
}

export async function startServers(directory: string, signal: AbortSignal): Promise<DemoServers> {
  await using started = new AsyncDisposableStack()
  const start = async (name: string, version: ServerVersion): Promise<DemoDatabase> => {
    const dataDir = join(directory, name)
    const server = await startEmbeddedServer(
      { binaries: testBinaries(version), dataDir, settings, log: silentLog },
      signal,
    )
    started.defer(() => server.stop({ mode: 'immediate' }))
    const { host, port, user, password } = server
    const serverVersion = await createShopDatabase(server.url('postgres'))
    return { host, port, user, password, database, url: server.url(database), serverVersion }
  }
  const [source, target] = await Promise.all([start('source', 15), start('target', 18)])
  const stack = started.move()
  return { source, target, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

async function createShopDatabase(adminUrl: string): Promise<string> {
  const client = new Client({ connectionString: adminUrl })
  await client.connect()
  try {
    await client.query(`create database ${database}`)
    const { rows } = await client.query<{ server_version: string }>('show server_version')
    return rows[0]?.server_version ?? 'unknown'
  } finally {
    await client.end()
  }
}
