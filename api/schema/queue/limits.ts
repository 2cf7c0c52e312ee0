import type { QueueLimits } from '../../../engine/index.ts'
import { builder } from '../../builder.ts'
import { pageInMemory, readPageRequest, toConnection } from '../paging/index.ts'
import { QueueEntryRef } from './entry.ts'

export const QueueRef = builder.objectRef<QueueLimits>('Queue').implement({
  description:
    'Migrations take places while they copy rows and build indexes: so many for each target, so many in all. Those' +
    ' that wait come in the order of their priority, then of their time.',
  fields: (t) => ({
    perTarget: t.exposeInt('perTarget', { description: 'Migrations at a time on one target database.' }),
    overall: t.exposeInt('overall', { description: 'Migrations at a time, on all targets together.' }),
    entries: t.connection(
      {
        type: QueueEntryRef,
        description: 'Those that wait, in their order.',
        resolve: async (_queue, args, { stores }) => {
          const entries = await stores.queue.entries()
          return toConnection(pageInMemory(entries, ({ order }) => order, readPageRequest(args)))
        },
      },
      { name: 'QueueEntryConnection' },
      { name: 'QueueEntryEdge' },
    ),
  }),
})
