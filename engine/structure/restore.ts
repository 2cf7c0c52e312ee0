import { type Guard, inGuardedTransaction, readRestored } from '../bookkeeping/index.ts'
import { readSchemas } from '../catalog/index.ts'
import { type ConnectionSettings, connect, type Session, toSessionError } from '../endpoint/index.ts'
import { checkRenames, type SelectedObjects } from '../selection/index.ts'
import { dumpStructure } from './dump.ts'
import { type EntryLocks, readLocks } from './locks.ts'
import { type ObjectGraph, readObjectGraph } from './object-graph.ts'
import type { StructureEntry } from './parse-dump.ts'
import { assignPhases, planStages, type StructurePhase } from './phases.ts'
import { renameEntries } from './rename-entries.ts'
import { digestEntry, restoreEntry } from './restore-entry.ts'
import { runConcurrently } from './run-concurrently.ts'
import { type EntrySelection, nameEntry, selectEntries } from './select-entries.ts'
import { readTargetNames } from './target-names.ts'

export interface RestoreRequest {
  readonly phase: StructurePhase
  readonly source: ConnectionSettings
  readonly target: ConnectionSettings
  readonly selected: SelectedObjects
  readonly guard: Guard
  /** Foreign keys, triggers and rules wait for the phase 'held back'; else that phase has nothing to do. */
  readonly holdBack: boolean
  /** Called after each object; `done` counts those of earlier attempts too. */
  readonly onObject: (progress: StructureProgress) => void
}

export interface StructureProgress {
  readonly done: number
  readonly total: number
  /** As pg_dump calls it: TABLE, FK CONSTRAINT … */
  readonly type: string
  readonly name: string
}

export interface RestoreResult {
  /** Objects made now; those of earlier attempts are not counted. */
  readonly restored: number
  /** What is not on the target, and why. */
  readonly warnings: string[]
}

/** Sessions on the target that make indexes and check foreign keys at the same time. */
const concurrentSessions = 2

const noLocks: EntryLocks = { exclusive: [], shared: [], pages: 0 }

/** The commit of each object need not wait for the disk, as the last one of a phase does: see `flush`. */
const targetSettings = {
  synchronous_commit: 'off',
  lock_timeout: '30s',
  check_function_bodies: 'off',
  maintenance_work_mem: '256MB',
} as const

/**
 * Makes the structure of the source on the target, as much of it as belongs to the phase. Each object is made in a
 * transaction of its own together with a note of it, so a repetition goes on behind the last one.
 *
 * Owners and privileges are not copied: everything belongs to the user of the target. Materialized views are left
 * without rows, to be refreshed when the data is there.
 *
 * @throws GodwitError PG_DUMP_FAILED; STRUCTURE_FAILED, PERMISSION_DENIED, LOCK_TIMEOUT or CONNECTION_LOST naming
 *   the object; ENDPOINT_…; LEASE_LOST
 */
export async function restoreStructure(request: RestoreRequest, signal: AbortSignal): Promise<RestoreResult> {
  if (request.phase === 'held back' && !request.holdBack) return { restored: 0, warnings: [] }
  try {
    const plan = await makePlan(request, signal)
    await using sessions = new AsyncDisposableStack()
    const clients: Session[] = []
    const count = request.phase === 'before data' ? 1 : concurrentSessions
    while (clients.length < count) {
      const options = { purpose: 'structure', settings: targetSettings }
      clients.push(sessions.use(await connect(request.target, options, signal)))
    }
    return await restorePlan(plan, clients, request)
  } catch (error) {
    // What was under way fails because its connection was broken off.
    signal.throwIfAborted()
    throw error
  }
}

interface Plan {
  readonly entries: readonly StructureEntry[]
  readonly locks: ReadonlyMap<number, EntryLocks>
  readonly warnings: readonly string[]
}

async function makePlan(
  { source, selected, phase, holdBack }: RestoreRequest,
  signal: AbortSignal,
): Promise<Plan> {
  const { schemas, graph } = await readSource(source, selected, signal)
  const elsewhere = schemas.filter((schema) => !selected.schemas.includes(schema))
  const dump = await dumpStructure(source, selected.whole ? [] : elsewhere, signal)
  const { entries, leftOut }: EntrySelection =
    graph === null ? { entries: dump, leftOut: [] } : selectEntries(dump, selected, graph)

  const phaseOf = assignPhases(dump, holdBack)
  const ofPhase = entries.filter((entry) => phaseOf(entry) === phase)
  // A session of its own: one that is idle while pg_dump runs may be ended by the server.
  await using session = await connect(source, { purpose: 'structure' }, signal)
  if (phase === 'before data') await checkRenames(session, selected)
  return {
    entries: await nameForTarget(session, ofPhase, { phase, selected }),
    locks: await readLocks(session, ofPhase),
    warnings: leftOut.filter(({ entry }) => phaseOf(entry) === phase).map(({ why }) => why),
  }
}

async function nameForTarget(
  source: Session,
  entries: readonly StructureEntry[],
  { phase, selected }: Pick<RestoreRequest, 'phase' | 'selected'>,
): Promise<readonly StructureEntry[]> {
  const { renames } = selected
  if (renames.length === 0) return entries
  return renameEntries(entries, { phase, names: await readTargetNames(source, selected), renames })
}

interface SourceCatalog {
  readonly schemas: readonly string[]
  /** Null where everything is selected. */
  readonly graph: ObjectGraph | null
}

async function readSource(
  source: ConnectionSettings,
  selected: SelectedObjects,
  signal: AbortSignal,
): Promise<SourceCatalog> {
  await using session = await connect(source, { purpose: 'structure' }, signal)
  return {
    schemas: await readSchemas(session),
    graph: selected.whole ? null : await readObjectGraph(session),
  }
}

async function restorePlan(
  { entries, locks, warnings }: Plan,
  clients: readonly Session[],
  { phase, guard, onObject }: RestoreRequest,
): Promise<RestoreResult> {
  const [first] = clients
  if (first === undefined) throw new RangeError('at least one session is needed')
  const restored = await readRestored(first, guard).catch((error: unknown) => {
    throw toSessionError(error, 'Cannot read what is on the target')
  })
  const missing = entries.filter((entry) => !restored.has(digestEntry(entry)))
  const locksOf = ({ id }: StructureEntry) => locks.get(id) ?? noLocks
  const found: string[] = [...warnings]
  let done = entries.length - missing.length
  let made = 0

  const restore = async (client: Session, entry: StructureEntry) => {
    const warning = await restoreEntry(client, guard, entry)
    if (warning === null) made += 1
    else found.push(warning)
    done += 1
    onObject({ done, total: entries.length, type: entry.type, name: nameEntry(entry) })
  }
  const stages = planStages(phase, missing, (entry) => [
    ...locksOf(entry).exclusive,
    ...locksOf(entry).shared,
  ])
  for (const stage of stages) {
    const tasks = stage.entries.map((entry) => ({ entry, locks: locksOf(entry) }))
    if (stage.concurrent) tasks.sort((a, b) => b.locks.pages - a.locks.pages)
    await runConcurrently(
      tasks,
      (stage.concurrent ? clients : [first]).map(
        (client) =>
          ({ entry }) =>
            restore(client, entry),
      ),
    )
  }
  await flush(first, guard)
  return { restored: made, warnings: found }
}

/**
 * Waits until all that was committed before is safe on the target's disk, by a commit that waits for that: whoever
 * hears that a phase is over will not look whether its objects are there.
 * @see https://www.postgresql.org/docs/current/wal-async-commit.html
 */
async function flush(client: Session, guard: Guard): Promise<void> {
  try {
    await client.query('set synchronous_commit = on')
    // Locks its row, which writes: a transaction that only reads would have nothing to wait for.
    await inGuardedTransaction(client, guard, () => Promise.resolve())
  } catch (error) {
    throw toSessionError(error, 'Cannot make sure that the structure is on the disk of the target')
  }
}
