import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { WebhookSettings } from '../../engine/index.ts'
import type { TestControl } from './control.ts'

export interface WorkerSettings {
  /** What its owner's name begins with; the process id follows. */
  readonly name: string
  readonly databaseUrl: string
  /** Hex. */
  readonly secretKey: string
  readonly leaseTtlMs: number
  readonly maxMigrations: number
  readonly logLevel: string
  readonly webhooks?: Partial<WebhookSettings>
}

/** A worker that runs beside the test. */
export interface WorkerProcess extends AsyncDisposable {
  readonly pid: number
  /** By which it is known as an owner. */
  readonly owner: string
  /** Ends it as a crash would, and waits until it is gone. */
  kill(): Promise<void>
  /** Ends it as an operator would, and waits until it is gone. Returns its exit code, and how long that took. */
  stop(): Promise<{ readonly exitCode: number | null; readonly tookMs: number }>
  /** Stops it as a machine does that is suspended: nothing of it runs, its connections stay. */
  freeze(): void
  wakeUp(): void
}

const mainPath = fileURLToPath(new URL('worker-main.ts', import.meta.url))

/** Starts a worker in a process of its own. What it logs goes to the test's standard error. */
export function startWorkerProcess(
  control: Pick<TestControl, 'databaseUrl' | 'secretKey'>,
  overrides: Partial<WorkerSettings> = {},
): WorkerProcess {
  const settings: WorkerSettings = {
    name: 'test',
    databaseUrl: control.databaseUrl,
    secretKey: control.secretKey.toString('hex'),
    leaseTtlMs: 2_000,
    maxMigrations: 4,
    logLevel: process.env.TEST_LOG ?? 'fatal',
    ...overrides,
  }
  const child = spawn(process.execPath, [mainPath], {
    env: { ...process.env, TEST_WORKER: JSON.stringify(settings) },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = once(child, 'exit')
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await ended
  }
  const { pid } = child
  if (pid === undefined) throw new Error('the worker process did not start')
  return {
    pid,
    owner: `${settings.name}-${pid}`,
    kill: () => end('SIGKILL'),
    stop: async () => {
      const startedMs = performance.now()
      await end('SIGTERM')
      return { exitCode: child.exitCode, tookMs: performance.now() - startedMs }
    },
    freeze: () => void child.kill('SIGSTOP'),
    wakeUp: () => void child.kill('SIGCONT'),
    [Symbol.asyncDispose]: async () => {
      // One that is frozen hears nothing else.
      child.kill('SIGCONT')
      await end('SIGTERM')
    },
  }
}
