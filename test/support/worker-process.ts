import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { WebhookSettings } from '../../engine/index.ts'

export interface WorkerSettings {
  readonly databaseUrl: string
  /** Hex. */
  readonly secretKey: string
  readonly leaseTtlMs: number
  readonly logLevel: string
  readonly webhooks?: Partial<WebhookSettings>
}

/** A worker that runs beside the test. */
export interface WorkerProcess extends AsyncDisposable {
  readonly pid: number
  /** Ends it as a crash would, and waits until it is gone. */
  kill(): Promise<void>
}

const mainPath = fileURLToPath(new URL('worker-main.ts', import.meta.url))

/** Starts a worker in a process of its own. What it logs goes to the test's standard error. */
export function startWorkerProcess(settings: WorkerSettings): WorkerProcess {
  const child = spawn(process.execPath, [mainPath], {
    env: { ...process.env, TEST_WORKER: JSON.stringify(settings) },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = once(child, 'exit')
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await ended
  }
  if (child.pid === undefined) throw new Error('the worker process did not start')
  return { pid: child.pid, kill: () => end('SIGKILL'), [Symbol.asyncDispose]: () => end('SIGTERM') }
}
