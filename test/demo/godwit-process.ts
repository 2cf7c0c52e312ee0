/** Godwit as people run it, with its own control database: in one process, or with workers in processes of their own. */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { findFreePort } from '../../db/embedded/free-port.ts'
import { layoutOf } from '../../db/embedded/layout.ts'
import { Child } from './child.ts'

export interface GodwitProcess extends AsyncDisposable {
  readonly graphqlUrl: string
  readonly token: string
  readonly dataDir: string
  readonly logFile: string
  /** Aborted, with the reason, when a process ends without having been asked to. */
  readonly died: AbortSignal
  /** Ends the process of a worker as a crash would. */
  kill(worker: string): Promise<KilledWorker>
}

export interface KilledWorker {
  /** Whether there are others to take over what it had; else it has to be started again for that. */
  readonly hasColleagues: boolean
  /** Starts it again; resolves when it is ready. */
  restart(): Promise<void>
}

export interface GodwitOptions {
  readonly directory: string
  /** 1: API and worker in one process. More: each in a process of its own. */
  readonly workers: number
  /** The settings of the Slack bot, which then runs beside the API. */
  readonly slack?: Readonly<Record<string, string>>
}

const readyWithinMs = 60_000
const logTailLines = 15

/** After a crash, a successor waits for the leases to run out. */
const leaseSeconds = '5'

/** Starts Godwit with everything it keeps below `directory`; resolves when the API is ready. */
export async function startGodwit(
  { directory, workers, slack = {} }: GodwitOptions,
  signal: AbortSignal,
): Promise<GodwitProcess> {
  const port = await findFreePort()
  const token = randomBytes(32).toString('hex')
  const logFile = join(directory, 'godwit.log')
  const dataDir = join(directory, 'godwit')
  const died = new AbortController()
  const onDeath = (how: string) => died.abort(new Error(`Godwit has ended by itself (${how}).`))
  const common = {
    // Made up here, for all processes must have the same.
    GODWIT_SECRET_KEY: randomBytes(32).toString('base64'),
    GODWIT_LEASE_SECONDS: leaseSeconds,
    LOG_LEVEL: 'info',
  }
  const roles = workers === 1 ? ['api', 'worker'] : ['api']
  if (Object.keys(slack).length > 0) roles.push('bot')
  const serving = {
    ...common,
    ...slack,
    PORT: String(port),
    HOST: '127.0.0.1',
    GODWIT_DATA_DIR: dataDir,
    GODWIT_ADMIN_TOKEN: token,
    GODWIT_ROLES: roles.join(','),
  }
  const waitUntilReady = () =>
    untilReady(`http://127.0.0.1:${port}/ready`, AbortSignal.any([signal, died.signal]))

  await using children = new AsyncDisposableStack()
  const api = children.use(new Child({ environment: serving, logFile, onDeath }))
  const apart: Child[] = []
  try {
    await api.start()
    await waitUntilReady()
    const environment = { ...common, DATABASE_URL: await controlDatabaseUrl(dataDir), GODWIT_ROLES: 'worker' }
    const numberApart = workers === 1 ? 0 : workers
    while (apart.length < numberApart) {
      const worker = children.use(new Child({ environment, logFile, onDeath }))
      await worker.start()
      apart.push(worker)
    }
  } catch (error) {
    signal.throwIfAborted()
    throw new Error(`Godwit did not start. The end of its log:\n${await readLogTail(logFile)}`, {
      cause: error,
    })
  }
  const started = children.move()
  return {
    graphqlUrl: `http://127.0.0.1:${port}/graphql`,
    token,
    dataDir,
    logFile,
    died: died.signal,
    kill: async (worker) => {
      const victim = workers === 1 ? api : apart.find(({ pid }) => worker.includes(`-${pid}-`))
      if (victim === undefined) throw new Error(`None of the processes is ${worker}.`)
      await victim.end('SIGKILL')
      return {
        hasColleagues: workers > 1,
        restart: async () => {
          await victim.start()
          if (victim === api) await waitUntilReady()
        },
      }
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}

async function untilReady(url: string, signal: AbortSignal): Promise<void> {
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
export async function controlDatabaseUrl(dataDir: string): Promise<string> {
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
