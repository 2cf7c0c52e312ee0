/** Godwit as people run it: a process of its own with its own control database. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { findFreePort } from '../../db/embedded/free-port.ts'
import { layoutOf } from '../../db/embedded/layout.ts'

export interface GodwitProcess extends AsyncDisposable {
  readonly graphqlUrl: string
  readonly token: string
  readonly dataDir: string
  readonly logFile: string
  /** Aborted, with the reason, when the process ends without having been asked to. */
  readonly died: AbortSignal
  /** Ends it as a crash would, and starts it again; resolves when it is ready. */
  killAndRestart(): Promise<void>
}

const projectRoot = fileURLToPath(new URL('../..', import.meta.url))
const readyWithinMs = 60_000
const stopWithinMs = 20_000
const logTailLines = 15

/** Starts `api/main.ts` with everything it keeps below `directory`; resolves when it is ready. */
export async function startGodwit(directory: string, signal: AbortSignal): Promise<GodwitProcess> {
  const port = await findFreePort()
  const token = randomBytes(32).toString('hex')
  const logFile = join(directory, 'godwit.log')
  const died = new AbortController()
  const dataDir = join(directory, 'godwit')
  const environment = {
    PORT: String(port),
    HOST: '127.0.0.1',
    GODWIT_DATA_DIR: dataDir,
    GODWIT_ADMIN_TOKEN: token,
    // After a crash, its successor waits for its leases to run out.
    GODWIT_LEASE_SECONDS: '5',
    LOG_LEVEL: 'info',
  }
  let child: ChildProcess | undefined

  const start = async () => {
    const process = await spawnGodwit(environment, logFile)
    child = process
    process.once('exit', (code, killer) => {
      if (child === process) died.abort(new Error(`Godwit has ended by itself (${code ?? killer}).`))
    })
    await waitUntilReady(`http://127.0.0.1:${port}/ready`, AbortSignal.any([signal, died.signal]))
  }
  const end = async (killer: NodeJS.Signals) => {
    const ending = child
    child = undefined
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return
    const exited = once(ending, 'exit')
    ending.kill(killer)
    const tooLong = setTimeout(() => ending.kill('SIGKILL'), stopWithinMs)
    await exited
    clearTimeout(tooLong)
  }
  try {
    await start()
  } catch (error) {
    await end('SIGTERM')
    signal.throwIfAborted()
    throw new Error(`Godwit did not start. The end of its log:\n${await readLogTail(logFile)}`, {
      cause: error,
    })
  }
  return {
    graphqlUrl: `http://127.0.0.1:${port}/graphql`,
    token,
    dataDir,
    logFile,
    died: died.signal,
    killAndRestart: async () => {
      await end('SIGKILL')
      await start()
    },
    [Symbol.asyncDispose]: () => end('SIGTERM'),
  }
}

async function spawnGodwit(
  environment: Readonly<Record<string, string>>,
  logFile: string,
): Promise<ChildProcess> {
  const log = await open(logFile, 'a')
  try {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(GODWIT_|DATABASE_URL$)/.test(name))
    const child = spawn(process.execPath, ['--import', './api/require-node.mjs', 'api/main.ts'], {
      cwd: projectRoot,
      env: { ...Object.fromEntries(inherited), ...environment },
      stdio: ['ignore', log.fd, log.fd],
      // Ctrl-C is for the demo, which stops Godwit in its turn.
      detached: true,
    })
    await once(child, 'spawn')
    return child
  } finally {
    await log.close()
  }
}

async function waitUntilReady(url: string, signal: AbortSignal): Promise<void> {
  const deadlineMs = performance.now() + readyWithinMs
  while (performance.now() < deadlineMs) {
    signal.throwIfAborted()
    const ready = await fetch(url, { signal }).then(
      (response) => response.ok,
      () => false,
    )
    if (ready) return
    await delay(50)
  }
  throw new Error(`Godwit was not ready within ${readyWithinMs / 1000} s (${url})`)
}

/** The connection string, with the password, of the control database that Godwit has started for itself. */
export async function controlDatabaseUrl({ dataDir }: GodwitProcess): Promise<string> {
  const layout = layoutOf(join(dataDir, 'control-database'))
  const [password, postmaster] = await Promise.all([
    readFile(layout.passwordFile, 'utf8'),
    readFile(join(layout.pgdata, 'postmaster.pid'), 'utf8'),
  ])
  // https://www.postgresql.org/docs/current/storage-file-layout.html: the port is in its fourth line.
  const port = postmaster.split('\n')[3]
  return `postgresql://postgres:${password.trim()}@127.0.0.1:${port}/godwit`
}

/** The last lines of Godwit's log. */
export async function readLogTail(logFile: string): Promise<string> {
  const log = await readFile(logFile, 'utf8')
  return log.trimEnd().split('\n').slice(-logTailLines).join('\n')
}
