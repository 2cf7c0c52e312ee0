import { type ChildProcess, spawn } from 'node:child_process'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import { LOOPBACK } from './free-port.ts'
import { type GuardianOrder, ServerFailure, type ShutdownMode } from './guardian-protocol.ts'
import type { HomeLayout } from './layout.ts'
import { readLogTail } from './server-log.ts'
import { programEnvironment } from './run-program.ts'

const READINESS_POLL_MS = 25
const CONNECT_TIMEOUT_MS = 5_000
/** Long, because a start after a crash first replays the write-ahead log. */
const READINESS_TIMEOUT_MS = 600_000
/** After this a fast shutdown becomes an immediate one: a replication client may hold it up for ever. */
const FAST_SHUTDOWN_MS = 30_000

/** A running `postgres`, child of this process. */
export interface Postmaster {
  readonly pid: number
  readonly port: number
  /** Resolves, with the words for it, when the process has ended for whatever reason. */
  readonly ended: Promise<string>
  stop(mode: ShutdownMode): Promise<void>
}

/** The process ended before it answered; the caller may know why and try once more. */
export class EarlyEnd extends ServerFailure {}

/**
 * Starts the server and waits until it accepts connections.
 *
 * @throws {EarlyEnd} with the end of the server's log
 */
export async function startPostmaster(
  layout: HomeLayout,
  order: GuardianOrder,
  access: { readonly port: number; readonly password: string },
  signal: AbortSignal,
): Promise<Postmaster> {
  const postmaster = await spawnPostmaster(layout, order, access.port)
  try {
    await waitUntilReady(layout, postmaster, access.password, signal)
    return postmaster
  } catch (error) {
    await postmaster.stop('fast')
    throw error
  }
}

async function spawnPostmaster(layout: HomeLayout, order: GuardianOrder, port: number): Promise<Postmaster> {
  // Opened here, because the account of the server may not write to the home.
  await using log = await open(layout.logFile, 'a', 0o600)
  const child = spawn(join(order.programs, 'bin', 'postgres'), serverArguments(layout, order, port), {
    ...order.account,
    cwd: layout.cluster,
    env: programEnvironment(),
    stdio: ['ignore', log.fd, log.fd],
  })
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`could not be started: ${error.message}`))
    child.once('exit', (code, signal) =>
      resolve(signal === null ? `ended with code ${code}` : `ended by ${signal}`),
    )
  })
  if (child.pid === undefined) throw new ServerFailure('EMBEDDED_SERVER_FAILED', `PostgreSQL ${await ended}`)
  return { pid: child.pid, port, ended, stop: (mode) => stopChild(child, ended, mode) }
}

function serverArguments(layout: HomeLayout, order: GuardianOrder, port: number): string[] {
  const settings = {
    ...order.settings,
    listen_addresses: LOOPBACK,
    // A socket's path is limited to some 100 bytes, which a home directory can exceed.
    unix_socket_directories: '',
    port: String(port),
  }
  return [
    '-D',
    layout.pgdata,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]
}

async function stopChild(child: ChildProcess, ended: Promise<string>, mode: ShutdownMode): Promise<void> {
  // https://www.postgresql.org/docs/current/server-shutdown.html
  child.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
  const escalation = setTimeout(() => child.kill('SIGQUIT'), FAST_SHUTDOWN_MS)
  await ended
  clearTimeout(escalation)
}

async function waitUntilReady(
  layout: HomeLayout,
  postmaster: Postmaster,
  password: string,
  signal: AbortSignal,
): Promise<void> {
  const attempt = new AbortController()
  const ending = postmaster.ended.then(async (how) => {
    throw new EarlyEnd(
      'EMBEDDED_SERVER_FAILED',
      `PostgreSQL in ${layout.home} ${how} while starting. The end of its log:\n${await readLogTail(layout)}`,
      { remedy: `Read ${layout.logFile} and mend what it names, or set DATABASE_URL.` },
    )
  })
  try {
    const stopping = AbortSignal.any([signal, attempt.signal])
    await Promise.race([ending, pollConnection(layout, postmaster, password, stopping)])
  } finally {
    attempt.abort()
    ending.catch(() => undefined)
  }
}

async function pollConnection(
  layout: HomeLayout,
  postmaster: Postmaster,
  password: string,
  signal: AbortSignal,
): Promise<void> {
  const deadlineMs = performance.now() + READINESS_TIMEOUT_MS
  for (;;) {
    signal.throwIfAborted()
    const refusal = (await isListening(layout, postmaster.pid))
      ? await tryConnecting(postmaster.port, password)
      : new Error('it does not listen yet')
    if (refusal === undefined) return
    if (performance.now() > deadlineMs || isPasswordRefused(refusal)) {
      throw new ServerFailure(
        'EMBEDDED_SERVER_FAILED',
        `PostgreSQL in ${layout.home} runs but refuses connections: ${refusal.message}`,
        { cause: refusal },
      )
    }
    await delay(READINESS_POLL_MS, undefined, { signal })
  }
}

/**
 * Whether the server has noted its address in its lock file: line 1 is the pid, line 6 the address. Until
 * then the port may be that of another server, which would take our password for a guess.
 */
async function isListening(layout: HomeLayout, pid: number): Promise<boolean> {
  const content = await readFile(join(layout.pgdata, 'postmaster.pid'), 'utf8').catch(() => '')
  const lines = content.split('\n')
  return lines[0] === String(pid) && lines[5] === LOOPBACK
}

/** Connects once, as any client would. Returns why it could not. */
async function tryConnecting(port: number, password: string): Promise<Error | undefined> {
  const client = new Client({
    host: LOOPBACK,
    port,
    password,
    user: 'postgres',
    database: 'postgres',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return undefined
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** SQLSTATE invalid_password: waiting does not help. */
function isPasswordRefused(error: Error): boolean {
  return 'code' in error && error.code === '28P01'
}
