import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { ServerFailure } from './guardian-protocol.ts'
import type { HomeLayout } from './layout.ts'
import { isProcessAlive } from './process-table.ts'

const POLL_MS = 100
/** How long a living owner must be seen with the lock before we call the server taken. */
const LIVING_OWNER_GRACE_MS = 2_000
/** A guardian whose owner died needs this long at most: a fast shutdown, then an immediate one. */
const DEAD_OWNER_WAIT_MS = 60_000

const ownerNote = z.object({ ownerPid: z.number(), guardianPid: z.number(), stopping: z.boolean() })
type OwnerNote = z.infer<typeof ownerNote>

export interface HomeLock extends AsyncDisposable {
  /** Tells those who wait that the lock will be free soon. Never fails: stopping goes on without it. */
  noteStopping(): Promise<void>
}

/**
 * Takes the lock of a home directory, waiting for a guardian that is about to end.
 *
 * The lock is an exclusive transaction on an empty SQLite file: the one lock of the operating system that
 * Node offers. Unlike a file that holds a pid, it cannot be left behind, and no reused pid can hold it.
 *
 * @throws {ServerFailure} EMBEDDED_SERVER_IN_USE when a living process owns the server
 */
export async function lockHome(layout: HomeLayout, ownerPid: number, signal: AbortSignal): Promise<HomeLock> {
  const file = new DatabaseSync(layout.lockFile)
  try {
    await waitForLock(file, layout, signal)
    const note: OwnerNote = { ownerPid, guardianPid: process.pid, stopping: false }
    await writeNote(layout, note)
    return {
      noteStopping: () => writeNote(layout, { ...note, stopping: true }).catch(() => undefined),
      [Symbol.asyncDispose]: async () => {
        await rm(layout.ownerFile, { force: true })
        file.close()
      },
    }
  } catch (error) {
    file.close()
    throw error
  }
}

async function waitForLock(file: DatabaseSync, layout: HomeLayout, signal: AbortSignal): Promise<void> {
  const startMs = performance.now()
  let livingSinceMs: number | undefined
  while (!tryLock(file)) {
    const nowMs = performance.now()
    const holder = await readNote(layout)
    const isLiving = holder !== undefined && !holder.stopping && isProcessAlive(holder.ownerPid)
    livingSinceMs = isLiving ? (livingSinceMs ?? nowMs) : undefined
    const isTaken = livingSinceMs !== undefined && nowMs - livingSinceMs > LIVING_OWNER_GRACE_MS
    if (isTaken || nowMs - startMs > DEAD_OWNER_WAIT_MS) throw inUse(layout, holder, isLiving)
    await delay(POLL_MS, undefined, { signal })
  }
}

const SQLITE_BUSY = 5

function tryLock(file: DatabaseSync): boolean {
  try {
    file.exec('BEGIN EXCLUSIVE')
    return true
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return false
    throw error
  }
}

function inUse(layout: HomeLayout, holder: OwnerNote | undefined, isLiving: boolean): ServerFailure {
  const [who, pid] = isLiving
    ? ['process', holder?.ownerPid]
    : ['the guardian of an ended process, pid', holder?.guardianPid]
  return new ServerFailure(
    'EMBEDDED_SERVER_IN_USE',
    `The embedded server in ${layout.home} belongs to ${who} ${pid ?? 'that did not say its pid'}.`,
    { remedy: `Stop process ${pid ?? ''}, choose another GODWIT_DATA_DIR, or set DATABASE_URL.` },
  )
}

async function readNote(layout: HomeLayout): Promise<OwnerNote | undefined> {
  const text = await readFile(layout.ownerFile, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : ownerNote.parse(JSON.parse(text))
}

async function writeNote(layout: HomeLayout, note: OwnerNote): Promise<void> {
  const draft = `${layout.ownerFile}.${process.pid}`
  await writeFile(draft, JSON.stringify(note))
  await rename(draft, layout.ownerFile)
}
