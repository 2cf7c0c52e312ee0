import type { Migration, QueueEntry } from '../../../engine/index.ts'
import { builder } from '../../builder.ts'
import type { ApiContext } from '../../context.ts'

/** Who waits is decided of all at once, so however many are asked for, the queue is read once. */
export const QueueEntryRef = builder.loadableObjectRef<QueueEntry, string>('QueueEntry', {
  load: (_migrationIds, { stores }) => stores.queue.entries(),
  toKey: ({ migrationId }) => migrationId,
  sort: true,
  // Only gathers the ids of one moment: the context of a subscription lives long, and must not show old state.
  loaderOptions: { cache: false },
})

/** Its turn in the queue; null when it waits for none. */
export async function findQueueEntry(migration: Migration, context: ApiContext): Promise<QueueEntry | null> {
  const { id, status, nextAttemptAt } = migration
  // Only those that are queued or try again can wait for one.
  if (status !== 'QUEUED' && nextAttemptAt === null) return null
  return await QueueEntryRef.getDataloader(context).load(id)
}
