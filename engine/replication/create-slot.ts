import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { readVersionNum } from '../catalog/version.ts'
import { connect, type ConnectionSettings, type Session, toSessionError } from '../endpoint/index.ts'
import { GodwitError, type ErrorCode } from '../errors.ts'
import { quoteIdent, sqlState, sqlStateOf } from '../postgres/index.ts'
import { dropSlot } from './drop-slot.ts'
import { parseLsn, type Lsn } from './lsn.ts'
import { pollUntil } from './poll.ts'
import { readSlot } from './slot-state.ts'
import { holdSnapshot, type SnapshotHolder } from './snapshot-holder.ts'

/** Where changes begin, and the rows as of just there. Disposing of it lets the snapshot go; the slot stays. */
export interface SlotSnapshot extends AsyncDisposable {
  readonly consistentPoint: Lsn
  /** For SET TRANSACTION SNAPSHOT; of a session that is alive, if any of the holders is. */
  readonly snapshotId: string
}

export interface SlotRequest {
  readonly source: ConnectionSettings
  readonly slotName: string
  readonly log: Logger
  /**
   * Called when a session is open and before it changes anything, also to clean up: a former owner must not touch the
   * slot of the next. Throws when the caller is not the owner any more. Absent: there is only one.
   */
  readonly assertOwner?: () => Promise<void>
  /** How long to wait for transactions that were under way before; each gets so much. */
  readonly lockTimeoutMs?: number
}

const defaultLockTimeoutMs = 5 * 60_000
const blockerIntervalMs = 1_000
const cleanUpTimeoutMs = 20_000
const holders = 2

/**
 * Creates a logical slot with its snapshot; one of the same name from an earlier attempt is dropped first. Waits
 * for every transaction of the source that is under way, and logs the sessions that it waits for. When it fails
 * while it is the owner, nothing is left on the source.
 * @throws GodwitError WAL_LEVEL_NOT_LOGICAL, NO_FREE_SLOT, ENDPOINT_REPLICATION_REFUSED, LOCK_TIMEOUT, NAME_TAKEN,
 * ENDPOINT_…, CONNECTION_LOST
 * @see https://www.postgresql.org/docs/current/protocol-replication.html#PROTOCOL-REPLICATION-CREATE-REPLICATION-SLOT
 */
export async function createSlot(request: SlotRequest, signal: AbortSignal): Promise<SlotSnapshot> {
  const { source, slotName } = request
  await using session = await connect(source, { purpose: 'create slot' }, signal)
  const versionNum = await readVersionNum(session)
  await assertLogical(session)
  await request.assertOwner?.()
  await dropFormerSlot(session, slotName, signal)
  const lockTimeoutMs = request.lockTimeoutMs ?? defaultLockTimeoutMs
  await using walsender = await connect(
    source,
    { purpose: 'create slot', replication: true, settings: { lock_timeout: String(lockTimeoutMs) } },
    signal,
  )
  const pid = await readPid(walsender)
  await request.assertOwner?.()
  try {
    const created = await createWatched({ ...request, walsender, pid, session, versionNum }, signal)
    return await hold(source, created, signal)
  } catch (error) {
    await cleanUp(request, pid)
    signal.throwIfAborted()
    throw error
  }
}

async function assertLogical(session: Session): Promise<void> {
  const { rows } = await session.query<{ level: string }>(
    `select pg_catalog.current_setting('wal_level') as level`,
  )
  const level = rows[0]?.level
  if (level === 'logical') return
  throw new GodwitError('WAL_LEVEL_NOT_LOGICAL', `The source runs with wal_level = ${level}.`)
}

async function dropFormerSlot(session: Session, slotName: string, signal: AbortSignal): Promise<void> {
  const slot = await readSlot(session, slotName)
  if (slot === null) return
  if (!slot.here || slot.plugin !== 'pgoutput') {
    throw new GodwitError('NAME_TAKEN', `The source has a slot ${slotName} that is not one of Godwit's.`, {
      remedy: `If nothing needs it: SELECT pg_drop_replication_slot('${slotName}').`,
    })
  }
  await dropSlot(session, slotName, signal)
}

async function readPid(walsender: Session): Promise<number> {
  const { rows } = await walsender.query<{ pid: number }>('select pg_catalog.pg_backend_pid() as pid')
  return Number(rows[0]?.pid)
}

interface Creation extends SlotRequest {
  readonly walsender: Session
  readonly pid: number
  readonly session: Session
  readonly versionNum: number
}

interface CreatedSlot {
  readonly consistentPoint: Lsn
  readonly exportedId: string
}

async function createWatched(creation: Creation, signal: AbortSignal): Promise<CreatedSlot> {
  const done = new AbortController()
  const watch = { blockers: [] as readonly number[] }
  const watching = watchBlockers(creation, watch, AbortSignal.any([done.signal, signal]))
  try {
    return await create(creation)
  } catch (error) {
    throw toCreationError(error, creation, watch.blockers)
  } finally {
    done.abort()
    await watching
  }
}

async function create({ walsender, slotName, versionNum }: Creation): Promise<CreatedSlot> {
  const snapshot = versionNum >= 150000 ? `(SNAPSHOT 'export')` : 'EXPORT_SNAPSHOT'
  const { rows } = await walsender.query<{ consistent_point: string; snapshot_name: string }>(
    `CREATE_REPLICATION_SLOT ${quoteIdent(slotName)} LOGICAL pgoutput ${snapshot}`,
  )
  const row = rows[0]
  if (row === undefined)
    throw new GodwitError('PROTOCOL_VIOLATION', 'CREATE_REPLICATION_SLOT returned no row.')
  return { consistentPoint: parseLsn(row.consistent_point), exportedId: row.snapshot_name }
}

/** Keeps in `watch` who is waited for, and logs it whenever that changes. */
async function watchBlockers(
  { session, pid, slotName, log }: Creation,
  watch: { blockers: readonly number[] },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(blockerIntervalMs, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    const found = await session
      .query<{ pids: number[] }>('select pg_catalog.pg_blocking_pids($1) as pids', [pid])
      .catch(() => null)
    const pids = found?.rows[0]?.pids ?? []
    if (pids.length > 0 && pids.join() !== watch.blockers.join()) {
      log.warn({ slotName, blockingPids: pids }, 'the slot waits for transactions that are under way')
    }
    if (pids.length > 0) watch.blockers = pids
  }
}

const codeOfState: Readonly<Record<string, ErrorCode>> = {
  // With max_replication_slots = 0.
  [sqlState.objectNotInPrerequisiteState]: 'NO_FREE_SLOT',
  [sqlState.configurationLimitExceeded]: 'NO_FREE_SLOT',
  [sqlState.insufficientPrivilege]: 'ENDPOINT_REPLICATION_REFUSED',
}

function toCreationError(error: unknown, { slotName }: Creation, blockers: readonly number[]): GodwitError {
  const sessionError = toSessionError(error, `Creating slot ${slotName}`)
  const state = sqlStateOf(error)
  if (state === sqlState.lockNotAvailable && blockers.length > 0) {
    const pids = blockers.join(', ')
    return new GodwitError(
      'LOCK_TIMEOUT',
      `Slot ${slotName} waited too long for the transaction of ${pids}.`,
      {
        cause: sessionError.cause,
        remedy: `Wait until it has ended, or end it on the source: SELECT pg_terminate_backend(${blockers[0]}).`,
      },
    )
  }
  const code = codeOfState[state ?? '']
  return code === undefined
    ? sessionError
    : new GodwitError(code, sessionError.message, { cause: sessionError.cause })
}

async function hold(
  source: ConnectionSettings,
  { consistentPoint, exportedId }: CreatedSlot,
  signal: AbortSignal,
): Promise<SlotSnapshot> {
  await using opened = new AsyncDisposableStack()
  const held: SnapshotHolder[] = []
  try {
    for (let count = 0; count < holders; count++) {
      held.push(opened.use(await holdSnapshot(source, exportedId, signal)))
    }
  } catch (error) {
    throw toSessionError(error, 'Holding the snapshot of the slot')
  }
  const kept = opened.move()
  return {
    consistentPoint,
    get snapshotId() {
      return (held.find((holder) => holder.isAlive()) ?? held[0])?.snapshotId ?? exportedId
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/**
 * After a failure: a walsender that waits for transactions does not notice that its client is gone, and would leave
 * the slot behind when it is through. It is ended first.
 */
async function cleanUp({ source, slotName, assertOwner }: SlotRequest, pid: number): Promise<void> {
  const signal = AbortSignal.timeout(cleanUpTimeoutMs)
  try {
    await using session = await connect(source, { purpose: 'clean up' }, signal)
    await assertOwner?.()
    await pollUntil(
      async () => {
        const ended = await session.query(
          `select pg_catalog.pg_terminate_backend(pid) from pg_catalog.pg_stat_activity
            where pid = $1 and application_name like 'godwit %create slot'`,
          [pid],
        )
        return ended.rowCount === 0
      },
      cleanUpTimeoutMs,
      signal,
    )
    await dropSlot(session, slotName, signal)
  } catch {
    // The source cannot be reached, as the error that led here says, or somebody else is the owner. The next attempt
    // drops what is left.
  }
}
