import type { Logger } from 'pino'
import { GodwitError, isGodwitError } from '../../engine/index.ts'
import type { EmbeddedBinaries } from './binaries.ts'
import { LOOPBACK } from './free-port.ts'
import { GuardianClient } from './guardian-client.ts'
import type { ShutdownMode } from './guardian-protocol.ts'
import { placeHome } from './home.ts'
import { layoutOf } from './layout.ts'
import { placePrograms } from './programs.ts'

export interface EmbeddedServerOptions {
  readonly binaries: EmbeddedBinaries
  /** A directory for this server alone; made when it is missing, and kept. */
  readonly dataDir: string
  /** Absent: a free port. */
  readonly port?: number
  /** Settings of postgresql.conf, given on the command line. */
  readonly settings?: Readonly<Record<string, string>>
  /** Delete the data once the server has ended, however this process ends. */
  readonly isTemporary?: boolean
  readonly log: Logger
}

/** A running server that listens on the loopback interface only. Disposing of it stops it; its data stay. */
export interface EmbeddedServer extends AsyncDisposable {
  readonly host: typeof LOOPBACK
  readonly port: number
  readonly user: 'postgres'
  readonly password: string
  /** The file that PostgreSQL logs to. */
  readonly logFile: string
  /** Resolves when the server has ended: with nothing after `stop`, with the reason when it ended by itself. */
  readonly ended: Promise<GodwitError | undefined>
  /** A connection string, password included. */
  url(database: string): string
  /** Ends the server; `fast`, the default, ends its sessions and leaves nothing to recover. */
  stop(options?: { readonly mode?: ShutdownMode }): Promise<void>
}

/**
 * Starts a PostgreSQL server that lives as long as this process, at most: however the process ends, SIGKILL
 * included, a guardian process shuts the server down. A start after any crash recovers by itself.
 *
 * @throws {GodwitError} EMBEDDED_SERVER_IN_USE when another living process runs a server in `dataDir`
 * @throws {GodwitError} EMBEDDED_SERVER_FAILED when it cannot start, with the end of its log
 */
export async function startEmbeddedServer(
  options: EmbeddedServerOptions,
  signal?: AbortSignal,
): Promise<EmbeddedServer> {
  const guardian = await spawnGuardian(options)
  const { port, password, postmasterPid } = await guardian.waitUntilReady(signal)
  const { home } = guardian
  const log = options.log.child({ home, port, postmasterPid, guardianPid: guardian.pid })
  log.info('embedded server is up')
  const stop = async (mode: ShutdownMode = 'fast'): Promise<void> => {
    await guardian.stop(mode)
    log.info('embedded server is down')
  }
  return {
    host: LOOPBACK,
    port,
    user: 'postgres',
    password,
    logFile: layoutOf(home).logFile,
    ended: guardian.ended,
    url: (database) =>
      `postgresql://postgres:${password}@${LOOPBACK}:${port}/${encodeURIComponent(database)}`,
    stop: (stopOptions) => stop(stopOptions?.mode),
    [Symbol.asyncDispose]: () => stop(),
  }
}

async function spawnGuardian(options: EmbeddedServerOptions): Promise<GuardianClient> {
  try {
    const { home, account } = await placeHome(options.dataDir)
    const programs = await placePrograms(options.binaries, account)
    return await GuardianClient.spawn({
      home,
      programs,
      majorVersion: options.binaries.majorVersion,
      settings: { ...options.settings },
      isTemporary: options.isTemporary ?? false,
      ...(account && { account }),
      ...(options.port !== undefined && { port: options.port }),
    })
  } catch (error) {
    if (isGodwitError(error)) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new GodwitError(
      'EMBEDDED_SERVER_FAILED',
      `The embedded server cannot be kept in ${options.dataDir}: ${reason}`,
      { cause: error, remedy: 'Choose a GODWIT_DATA_DIR that this user can write to, or set DATABASE_URL.' },
    )
  }
}
