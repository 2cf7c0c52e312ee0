/** One process of Godwit, as people run it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const projectRoot = fileURLToPath(new URL('../..', import.meta.url))
const stopWithinMs = 20_000

export interface ChildOptions {
  readonly environment: Readonly<Record<string, string>>
  readonly logFile: string
  /** Told when the process ends without having been asked to. */
  readonly onDeath: (how: string) => void
}

/** `api/main.ts` with an environment of its own. It can be ended and started again. */
export class Child implements AsyncDisposable {
  readonly #options: ChildOptions
  #process: ChildProcess | undefined

  constructor(options: ChildOptions) {
    this.#options = options
  }

  /** While it runs. */
  get pid(): number | undefined {
    return this.#process?.pid
  }

  async start(): Promise<void> {
    const process = await spawnGodwit(this.#options)
    this.#process = process
    process.once('exit', (code, killer) => {
      if (this.#process === process) this.#options.onDeath(String(code ?? killer))
    })
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    const ending = this.#process
    this.#process = undefined
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return
    const exited = once(ending, 'exit')
    ending.kill(signal)
    const tooLong = setTimeout(() => ending.kill('SIGKILL'), stopWithinMs)
    await exited
    clearTimeout(tooLong)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end('SIGTERM')
  }
}

async function spawnGodwit({ environment, logFile }: ChildOptions): Promise<ChildProcess> {
  const log = await open(logFile, 'a')
  try {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(GODWIT_|SLACK_|DATABASE_URL$)/.test(name),
    )
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
