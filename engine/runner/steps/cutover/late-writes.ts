import type { Session } from '../../../endpoint/index.ts'
import { GodwitError } from '../../../errors.ts'
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
  const { slotName, publicationName } = context.run.stream
  const count = async (session: Session) => {
    // Brings to disk what asynchronous commits have left behind; what is not there is not decoded.
    await markDrainPosition(session)
    return await countLaterChanges(session, { slotName, publicationName, after: drainedTo }, signal)
  }
  return await writeToSource(context, 'late writes', count, signal)
}

/**
 * A session that asks for it itself may write all the same; what it has written would be lost.
 * @throws GodwitError WRITES_NOT_STOPPED saying how many changes came
 */
export async function assertNoLateWrites(
  context: RunContext,
  { fencing, drainedTo }: { readonly fencing: Fencing; readonly drainedTo: Lsn },
  signal: AbortSignal,
): Promise<void> {
  const came = await countLateWrites(context, drainedTo, signal)
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
