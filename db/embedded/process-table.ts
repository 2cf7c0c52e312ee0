import { readFile } from 'node:fs/promises'
import { runProgram } from './run-program.ts'

/** Whether a process of this id exists, be it a zombie or another user's. */
export function isProcessAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/**
 * Whether this id is a postmaster that serves `pgdata`. A zombie is none: it has no arguments any more.
 * Asks /proc, and `ps` where there is no /proc (macOS).
 */
export async function isPostmasterOf(pid: number, pgdata: string): Promise<boolean> {
  if (!isProcessAlive(pid)) return false
  const args = process.platform === 'linux' ? await argsFromProc(pid) : await argsFromPs(pid)
  return args.includes(pgdata)
}

function argsFromProc(pid: number): Promise<string> {
  return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
}

async function argsFromPs(pid: number): Promise<string> {
  const { exitCode, output } = await runProgram({
    program: 'ps',
    args: ['-ww', '-o', 'args=', '-p', String(pid)],
  })
  return exitCode === 0 ? output : ''
}
