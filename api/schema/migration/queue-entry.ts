import type { ControlStores, Migration, QueueEntry } from '../../../engine/index.ts'

/** Its turn in the queue; only those that are queued or try again can wait for one. */
export async function findQueueEntry(
  { id, status, nextAttemptAt }: Migration,
  { queue }: ControlStores,
): Promise<QueueEntry | null> {
  return status === 'QUEUED' || nextAttemptAt !== null ? await queue.entryOf(id) : null
}
