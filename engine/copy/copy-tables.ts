import type { Guard } from '../bookkeeping/index.ts'
import { connect, toSessionError, type ConnectionSettings, type Session } from '../endpoint/index.ts'
import type { TableProgress } from '../ports/index.ts'
import { sqlState, sqlStateOf } from '../postgres/index.ts'
import type { SelectedTable } from '../selection/index.ts'
import { copyPart, type PartJob } from './copy-part.ts'
import { planCopy, type CopyPlan } from './plan.ts'
import { TableTracker } from './progress.ts'
import { openSnapshotSession } from './snapshot.ts'

export interface CopyRequest {
  readonly source: ConnectionSettings
  readonly target: ConnectionSettings
  readonly guard: Guard
  /** Of a transaction on the source that lasts until the copy has ended. */
  readonly snapshotId: string
  readonly tables: readonly SelectedTable[]
  /** Tables, or parts of tables, at a time: so many sessions on each side. */
  readonly sessions: number
  /** A table above this is copied in parts, several of them at once. */
  readonly splitBytes?: number
  readonly onProgress: (progress: TableProgress) => void
}

const defaultSplitBytes = 1024 ** 3

/** Nobody but former owners and autovacuum has business in the tables of the target. */
const targetLockTimeout = '60s'

/**
 * Copies the rows of all tables as of the snapshot, largest first. What the tables held on the target goes. Each
 * table, or part of a large one, is one transaction on the target. The first error ends all; what was committed by
 * then stays, with its marks: call `startOver` before another copy.
 * @throws GodwitError COPY_FAILED, SNAPSHOT_LOST, CONNECTION_LOST, LEASE_LOST, …; the signal's reason when aborted
 */
export async function copyTables(
  request: CopyRequest,
  signal: AbortSignal,
): Promise<{ readonly rows: bigint; readonly bytes: bigint }> {
  const plan = await readPlan(request, signal)
  const jobs = makeJobs(plan, request)
  const queue = jobs.values()
  const failed = new AbortController()
  const stop = AbortSignal.any([signal, failed.signal])
  const workers = Array.from({ length: Math.min(request.sessions, jobs.length) }, async () => {
    try {
      await copyFromQueue(queue, request, plan.clientEncoding, stop)
    } catch (error) {
      failed.abort(error)
    }
  })
  await Promise.all(workers)
  stop.throwIfAborted()
  const trackers = [...new Set(jobs.map((job) => job.tracker))]
  return {
    rows: trackers.reduce((sum, tracker) => sum + tracker.rows, 0n),
    bytes: trackers.reduce((sum, tracker) => sum + tracker.bytes, 0n),
  }
}

async function readPlan(request: CopyRequest, signal: AbortSignal): Promise<CopyPlan> {
  const { source, snapshotId, tables, splitBytes = defaultSplitBytes } = request
  await using session = await openSnapshotSession(source, { snapshotId, clientEncoding: 'UTF8' }, signal)
  return await planCopy(session, { tables, splitBytes })
}

function makeJobs(plan: CopyPlan, { guard, onProgress }: CopyRequest): readonly PartJob[] {
  const partsOfTable = Map.groupBy(plan.parts, (part) => part.table)
  return [...partsOfTable].flatMap(([table, parts]) => {
    const tracker = new TableTracker(table, parts.length, onProgress)
    const emptied = parts.length > 1 ? once() : null
    return parts.map((part) => ({ part, guard, tracker, emptied }))
  })
}

/** Does what the first caller asks for; the others wait for it. */
function once(): (work: () => Promise<void>) => Promise<void> {
  let done: Promise<void> | null = null
  return (work) => (done ??= work())
}

async function copyFromQueue(
  queue: Iterable<PartJob>,
  request: CopyRequest,
  clientEncoding: string,
  signal: AbortSignal,
): Promise<void> {
  const { snapshotId } = request
  await using source = await openSnapshotSession(request.source, { snapshotId, clientEncoding }, signal)
  await using target = await openTargetSession(request.target, clientEncoding, signal)
  // An iterator: each worker takes the next job when it has finished one.
  for (const job of queue) {
    signal.throwIfAborted()
    await copyPart({ source, target }, job)
  }
}

async function openTargetSession(
  target: ConnectionSettings,
  clientEncoding: string,
  signal: AbortSignal,
): Promise<Session> {
  const settings = { client_encoding: clientEncoding, lock_timeout: targetLockTimeout }
  const session = await connect(target, { purpose: 'full copy', settings }, signal)
  try {
    // Rows come from where the triggers and foreign keys of the table have seen them already.
    await session.query('set session_replication_role = replica')
  } catch (error) {
    if (sqlStateOf(error) === sqlState.insufficientPrivilege) return session
    await session[Symbol.asyncDispose]()
    signal.throwIfAborted()
    throw toSessionError(error, 'Preparing a session on the target')
  }
  return session
}
