import { connect, type Session } from '../../endpoint/index.ts'
import { isGodwitError } from '../../errors.ts'
import {
  createPublication,
  createSlot,
  dropPublication,
  identifySystem,
  type SlotSnapshot,
} from '../../replication/index.ts'
import { resolveSelection, type SelectedObjects } from '../../selection/index.ts'
import { formatLsn } from '../../replication/lsn.ts'
import type { RunContext } from '../context.ts'
import { openAsOwner, writeToSource } from '../ownership.ts'
import { inStep } from './state.ts'

/** What the selection means on the source right now. */
export async function readSelected(context: RunContext, signal: AbortSignal): Promise<SelectedObjects> {
  const { source, run } = context
  await using session = await connect(source, { purpose: 'catalog' }, signal)
  return await resolveSelection(session, run.migration.selection)
}

/**
 * Publication, then slot: a slot that is older than its publication never finds it. A slot of an earlier attempt is
 * replaced, for its snapshot is gone. Where the stream begins is kept before anything is copied.
 */
export async function createChangeSource(
  context: RunContext,
  selected: SelectedObjects,
  signal: AbortSignal,
): Promise<SlotSnapshot> {
  const { source, run, runs, lease, log } = context
  const { slotName, publicationName } = run.stream
  await using session = await openAsOwner(context, source, 'prepare', signal)
  await createPublication(session, { name: publicationName, selected })
  const assertOwner = () => runs.assertOwner(lease)
  const slot = await createSlot({ source, slotName, log, assertOwner }, signal).catch(
    async (error: unknown) => {
      await dropUselessPublication(context)
      throw error
    },
  )
  try {
    const { systemIdentifier, timeline } = await identifySystem(source, signal)
    await runs.saveStream(lease, { consistentPoint: slot.consistentPoint, systemIdentifier, timeline })
    return slot
  } catch (error) {
    await slot[Symbol.asyncDispose]()
    throw error
  }
}

const dropTimeoutMs = 10_000

/** Without its slot a publication is good for nothing; it could only surprise people. */
async function dropUselessPublication(context: RunContext): Promise<void> {
  const { run, log } = context
  const drop = (session: Session) => dropPublication(session, run.stream.publicationName)
  try {
    await writeToSource(context, 'clean up', drop, AbortSignal.timeout(dropTimeoutMs))
  } catch (error) {
    if (isGodwitError(error, 'LEASE_LOST')) return
    log.warn({ err: error }, 'the publication stays until the next attempt replaces it')
  }
}

/** PREPARE of a migration without full copy: changes count from here, no snapshot is needed. */
export async function prepareChanges(context: RunContext, signal: AbortSignal): Promise<void> {
  await inStep(context, 'PREPARE', async () => {
    await using slot = await createChangeSource(context, await readSelected(context, signal), signal)
    return { value: undefined, detail: `changes from ${formatLsn(slot.consistentPoint)} on` }
  })
}
