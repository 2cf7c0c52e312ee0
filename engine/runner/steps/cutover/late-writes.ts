import { assertFenced } from '../../../cutover/index.ts'
import type { Session } from '../../../endpoint/index.ts'
import { GodwitError, isGodwitError } from '../../../errors.ts'
import type { Fencing } from '../../../ports/index.ts'
import { countLaterChanges, markDrainPosition } from '../../../replication/index.ts'
import type { Lsn } from '../../../replication/lsn.ts'
import type { RunContext } from '../../context.ts'
import { writeToSource } from '../../ownership.ts'

/** A position behind everything that is committed now, kept as what the target is to reach. */
export async function markPosition(context: RunContext, signal: AbortSignal): Promise<Lsn> {
  const { runs, lease } = context
  const drainTo = await writeToSource(context, 'drain', markDrainPosition, signal)
  await runs.saveStream(lease, { drainTo })
  return drainTo
}

/** Changes of published tables that were committed behind what the target has. */
export async function countLateWrites(
  context: RunContext,
  drainedTo: Lsn,
  signal: AbortSignal,
): Promise<bigint> {
  const count = (session: Session) => countOn(session, context, drainedTo, signal)
  return await writeToSource(context, 'late writes', count, signal)
}

async function countOn(
  session: Session,
  context: RunContext,
  drainedTo: Lsn,
  signal: AbortSignal,
): Promise<bigint> {
  const { slotName, publicationName } = context.run.stream
  // Brings to disk what asynchronous commits have left behind; what is not there is not decoded.
  await markDrainPosition(session)
  return await countLaterChanges(session, { slotName, publicationName, after: drainedTo }, signal)
}

/**
 * A session that asks for it itself may write all the same, and so may everybody once somebody has opened the fence; what
 * they have written would be lost.
 * @throws GodwitError WRITES_NOT_STOPPED saying how many changes came, FENCE_LIFTED
 */
export async function assertNoLateWrites(
  context: RunContext,
  { fencing, drainedTo }: { readonly fencing: Fencing; readonly drainedTo: Lsn },
  signal: AbortSignal,
): Promise<void> {
  const check = async (session: Session) => {
    if (fencing !== 'NONE') await assertFenced(session, fencing)
    return await countOn(session, context, drainedTo, signal)
  }
  const came = await writeToSource(context, 'late writes', check, signal)
  if (came === 0n) return
  const behind = fencing === 'NONE' ? 'the call to complete' : `the fence (${fencing})`
  throw new GodwitError(
    'WRITES_NOT_STOPPED',
    `${came} changes were committed on the source after ${behind}; they are not on the target yet.`,
    { remedy: remedyOf[fencing] },
  )
}

const remedyOf: Record<Fencing, string> = {
  NONE: 'Stop the writes to the source, or let Godwit fence it, then complete again.',
  READ_ONLY:
    'Some session makes its transactions READ WRITE by itself: change that, or complete with BLOCK_CONNECTIONS.',
  BLOCK_CONNECTIONS:
    'Only superusers and the user of the endpoint could still connect: find which of them writes, then complete again.',
}

/**
 * The very last look, after which the slot goes: there is no way back any more, but people are told of what did not
 * arrive. A slot that a former attempt has dropped holds nothing to count.
 */
export async function tellOfLastWrites(
  context: RunContext,
  drainedTo: Lsn,
  signal: AbortSignal,
): Promise<void> {
  const { runs, lease } = context
  const came = await countLateWrites(context, drainedTo, signal).catch((error: unknown) => {
    if (isGodwitError(error, 'SLOT_LOST')) return 0n
    throw error
  })
  if (came === 0n) return
  const message = `${came} changes were committed on the source after the last check: they are not on the target.`
  context.log.error({ changes: came.toString() }, 'writes came after the last check')
  await runs.appendEvent(lease, { type: 'NOTE', message, payload: { lateChanges: came.toString() } })
}
