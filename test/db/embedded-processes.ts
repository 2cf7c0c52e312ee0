import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import {
  type EmbeddedServer,
  type EmbeddedServerOptions,
  startEmbeddedServer,
} from '../../db/embedded/index.ts'
import type { Account } from '../../db/embedded/run-program.ts'
import type { OwnerReport } from '../support/embedded-owner.ts'
import { silentLog, testBinaries, testSettings } from '../support/start-server.ts'
import { waitFor } from '../support/wait-for.ts'

/** Starts a server that this process owns. */
export function start(
  dataDir: string,
  options: Partial<EmbeddedServerOptions> = {},
  signal?: AbortSignal,
): Promise<EmbeddedServer> {
  return startEmbeddedServer(
    { binaries: testBinaries(18), dataDir, settings: testSettings, log: silentLog, ...options },
    signal,
  )
}

export interface OwnerProcess extends AsyncDisposable {
  readonly child: ChildProcess
  /** What it says once its server is up, or refused. */
  readonly report: Promise<OwnerReport>
  kill(): Promise<void>
}

/** Starts a server that a process of its own owns. */
export function startOwner(
  dataDir: string,
  { account, isTemporary = false }: { account?: Account; isTemporary?: boolean } = {},
): OwnerProcess {
  const program = fileURLToPath(new URL('../support/embedded-owner.ts', import.meta.url))
  const child = fork(program, [dataDir, ...(isTemporary ? ['temporary'] : [])], { execArgv: [], ...account })
  const { promise: report, resolve, reject } = Promise.withResolvers<OwnerReport>()
  child.once('message', (message: OwnerReport) => resolve(message))
  child.once('exit', (code, signal) =>
    reject(new Error(`the owner ended (${signal ?? code}) without a report`)),
  )
  report.catch(() => undefined)
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  return { child, report, kill, [Symbol.asyncDispose]: kill }
}

/** The connection string of an owner that has started its server. */
export async function urlOf(owner: OwnerProcess): Promise<string> {
  const report = await owner.report
  if ('url' in report) return report.url
  throw new Error(report.message)
}

export async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client(url)
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

export async function postmasterPid(home: string): Promise<number> {
  return Number.parseInt(await readFile(join(home, 'cluster/pgdata/postmaster.pid'), 'utf8'), 10)
}

export async function guardianPid(home: string): Promise<number> {
  return JSON.parse(await readFile(join(home, 'owner.json'), 'utf8')).guardianPid
}

/** Whether a process runs; a zombie, which only its parent can clear away, does not. */
async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return !/^State:\s+Z/m.test(status)
}

export function waitForEnd(pid: number): Promise<true> {
  return waitFor(async () => !(await isRunning(pid)), { describe: `process ${pid} to end` })
}

export async function draftsIn(home: string): Promise<string[]> {
  const names = await readdir(home).catch(() => [])
  return names.filter((name) => name.startsWith('initializing-'))
}
