import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ServerFailure } from './guardian-protocol.ts'
import { isPostmasterOf, isProcessAlive } from './process-table.ts'

const POLL_MS = 50
const FAST_SHUTDOWN_MS = 30_000
const IMMEDIATE_SHUTDOWN_MS = 10_000

/**
 * Ends a postmaster that its guardian did not survive, and clears a postmaster.pid whose pid now belongs to
 * some other process, because PostgreSQL would take that for a running server.
 *
 * Removing that file is safe: PostgreSQL also guards the directory by a shared memory segment derived from
 * its inode, which processes that are left of an earlier server keep attached.
 *
 * @returns whether the server had not been shut down cleanly
 * @throws {ServerFailure} when the orphan does not end
 */
export async function endOrphan(pgdata: string): Promise<boolean> {
  const pidFile = join(pgdata, 'postmaster.pid')
  const content = await readFile(pidFile, 'utf8').catch(() => undefined)
  if (content === undefined) return false
  const pid = Number.parseInt(content, 10)
  if (Number.isNaN(pid) || !isProcessAlive(pid)) return true
  await endPostmaster(pid, pgdata)
  if (isProcessAlive(pid)) await rm(pidFile, { force: true })
  return true
}

/**
 * Ends this postmaster, if it still is one of `pgdata`.
 *
 * @throws {ServerFailure} when it does not end
 * @see https://www.postgresql.org/docs/current/server-shutdown.html
 */
export async function endPostmaster(pid: number, pgdata: string): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGINT', FAST_SHUTDOWN_MS],
    ['SIGQUIT', IMMEDIATE_SHUTDOWN_MS],
  ] as const) {
    if (!(await isPostmasterOf(pid, pgdata))) return
    process.kill(pid, signal)
    const deadlineMs = performance.now() + waitMs
    while (performance.now() < deadlineMs) {
      if (!(await isPostmasterOf(pid, pgdata))) return
      await delay(POLL_MS)
    }
  }
  throw new ServerFailure(
    'EMBEDDED_SERVER_FAILED',
    `PostgreSQL, process ${pid}, is left of an earlier run on ${pgdata} and does not shut down.`,
    { remedy: `Stop process ${pid}, then start again.` },
  )
}
