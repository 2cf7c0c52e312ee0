/**
 * The guardian of one embedded server: a process of its own, child of the owner but in a session of its own,
 * so that Ctrl-C in the owner's terminal does not reach the server. It holds the lock of the home directory,
 * runs initdb and postgres, and shuts the server down when it is told to or when the channel to the owner
 * closes, which happens however the owner ends, SIGKILL included.
 */
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { ensureCluster } from './cluster.ts'
import { findFreePort, isPortFree } from './free-port.ts'
import {
  type GuardianMessage,
  type GuardianOrder,
  type ShutdownMode,
  describeFailure,
  ownerMessage,
} from './guardian-protocol.ts'
import { type HomeLock, lockHome } from './home-lock.ts'
import { type HomeLayout, layoutOf } from './layout.ts'
import { endOrphan } from './orphan.ts'
import { EarlyEnd, type Postmaster, startPostmaster } from './postmaster.ts'
import { readLogTail, rotateLog } from './server-log.ts'

/** How long processes that are left of a killed postmaster may hold its shared memory. */
const LEFTOVERS_WAIT_MS = 15_000
const LEFTOVERS_POLL_MS = 500

let shutdownMode: ShutdownMode = 'fast'
const shutdown = new AbortController()

function tellOwner(message: GuardianMessage): Promise<void> {
  return new Promise((resolve) => {
    // An owner that is gone needs no answer, and the closed channel tells us by itself.
    if (process.send && process.connected) process.send(message, undefined, undefined, () => resolve())
    else resolve()
  })
}

function listenForShutdown(): void {
  process.on('disconnect', () => shutdown.abort())
  process.on('message', (raw) => {
    const message = ownerMessage.parse(raw)
    if (message.type !== 'stop') return
    shutdownMode = message.mode
    shutdown.abort()
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => shutdown.abort())
}

async function receiveOrder(): Promise<GuardianOrder | undefined> {
  const [raw] = await once(process, 'message', { signal: shutdown.signal })
  const message = ownerMessage.parse(raw)
  return message.type === 'start' ? message.order : undefined
}

/** Starts the server; again when another process took its port, or while a former server's processes end. */
async function startServer(
  layout: HomeLayout,
  order: GuardianOrder,
  signal: AbortSignal,
): Promise<{ postmaster: Postmaster; password: string }> {
  const wasCrashed = await endOrphan(layout.pgdata)
  const password = await ensureCluster(layout, order, signal)
  await rotateLog(layout)
  const leftoversDeadlineMs = performance.now() + (wasCrashed ? LEFTOVERS_WAIT_MS : 0)
  for (;;) {
    const port = order.port ?? (await findFreePort())
    try {
      return { postmaster: await startPostmaster(layout, order, { port, password }, signal), password }
    } catch (error) {
      if (!(error instanceof EarlyEnd)) throw error
      const isPortLost = order.port === undefined && !(await isPortFree(port))
      if (!isPortLost && performance.now() > leftoversDeadlineMs) throw error
      await delay(LEFTOVERS_POLL_MS, undefined, { signal })
    }
  }
}

async function guard(order: GuardianOrder): Promise<void> {
  const layout = layoutOf(order.home)
  await using lock = await lockHome(layout, process.ppid, shutdown.signal)
  try {
    await serve(layout, order, lock)
  } finally {
    if (order.isTemporary) await rm(layout.home, { recursive: true, force: true })
  }
}

/** Runs the server until the shutdown is asked for. */
async function serve(layout: HomeLayout, order: GuardianOrder, lock: HomeLock): Promise<void> {
  const { postmaster, password } = await startServer(layout, order, shutdown.signal)
  try {
    await tellOwner({
      type: 'ready',
      server: { port: postmaster.port, password, postmasterPid: postmaster.pid },
    })
    await Promise.race([shutdownAsked(), postmaster.ended])
    await lock.noteStopping()
  } finally {
    await postmaster.stop(shutdownMode)
  }
  if (shutdown.signal.aborted) return
  const how = await postmaster.ended
  throw new Error(`PostgreSQL in ${layout.home} ${how}. The end of its log:\n${await readLogTail(layout)}`)
}

function shutdownAsked(): Promise<void> {
  return new Promise((resolve) => {
    if (shutdown.signal.aborted) resolve()
    else shutdown.signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

listenForShutdown()
try {
  const order = await receiveOrder()
  if (order) await guard(order)
  await tellOwner({ type: 'stopped' })
} catch (error) {
  await tellOwner(
    shutdown.signal.aborted ? { type: 'stopped' } : { type: 'failed', failure: describeFailure(error) },
  )
} finally {
  if (process.connected) process.disconnect()
}
