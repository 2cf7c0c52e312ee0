import { spawn } from 'node:child_process'

/** The operating system's identity of the account that the server runs as. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

export interface ProgramRun {
  readonly program: string
  readonly args: readonly string[]
  /** Absent: the account of this process. */
  readonly account?: Account | undefined
}

export interface ProgramResult {
  /** 0 is success; null when a signal ended it or it could not be started at all. */
  readonly exitCode: number | null
  /** What it wrote to both of its outputs, or why it could not be started. */
  readonly output: string
}

/**
 * The environment that PostgreSQL's programs run in: nothing inherited that could steer them
 * (PGDATA, PGPORT and their like), and messages and collation in the C locale.
 */
export function programEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' }
}

/**
 * Runs a program to its end, in the root directory, because an unprivileged account may not be able to
 * enter the current one. Never rejects: a program that cannot be started is a result like another.
 */
export function runProgram(run: ProgramRun, signal?: AbortSignal): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const child = spawn(run.program, [...run.args], {
      ...run.account,
      cwd: '/',
      env: programEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(signal && { signal }),
    })
    let output = ''
    const collect = (chunk: string): void => {
      output += chunk
    }
    child.stdout.setEncoding('utf8').on('data', collect)
    child.stderr.setEncoding('utf8').on('data', collect)
    child.once('error', (error) => {
      // An aborted program still has to end; one that could not be started has nothing to end.
      if (child.pid === undefined) resolve({ exitCode: null, output: error.message })
    })
    child.once('close', (exitCode) => resolve({ exitCode, output: output.trim() }))
  })
}
