import { builder, readCost } from '../../builder.ts'
import { QueueRef } from './limits.ts'

builder.queryField('queue', (t) =>
  t.field({
    type: QueueRef,
    authScopes: { read: true },
    complexity: readCost,
    description: 'Who waits for a turn, and by which limits.',
    resolve: (_root, _args, { stores }) => stores.queue.limits(),
  }),
)
