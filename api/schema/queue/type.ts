import type { WaitsFor } from '../../../engine/index.ts'
import { builder, readCost } from '../../builder.ts'
import { MigrationRef } from '../migration/ref.ts'
import { findQueueEntry, QueueEntryRef } from './entry.ts'

const QueueWaitsFor = builder.enumType('QueueWaitsFor', {
  values: {
    WORKER: { description: 'It is its turn: a worker with room takes it.' },
    TARGET: { description: 'As many migrations as may are at work on its target.' },
    OVERALL: { description: 'As many migrations as may are at work.' },
    NEXT_ATTEMPT: { description: 'It could not begin, and is tried again.' },
  } as const satisfies Record<WaitsFor, { description: string }>,
})

QueueEntryRef.implement({
  description: 'A migration that waits for its turn to copy rows or build indexes.',
  fields: (t) => ({
    position: t.exposeInt('position', { description: '1, 2, 3 … among those that wait.' }),
    priority: t.exposeInt('priority'),
    queuedAt: t.expose('queuedAt', { type: 'DateTime' }),
    waitingFor: t.field({ type: QueueWaitsFor, resolve: ({ waitsFor }) => waitsFor }),
    reason: t.exposeString('reason', { description: 'What it waits for, in words.' }),
    migration: t.field({
      type: MigrationRef,
      nullable: true,
      complexity: readCost,
      resolve: ({ migrationId }, _args, { stores }) => stores.migrations.find(migrationId),
    }),
  }),
})

builder.objectFields(MigrationRef, (t) => ({
  priority: t.exposeInt('priority', { description: 'Of its turn in the queue, higher first; 0 at first.' }),
  queue: t.field({
    type: QueueEntryRef,
    nullable: true,
    complexity: readCost,
    description: 'Its turn in the queue; null when it waits for none.',
    resolve: (migration, _args, context) => findQueueEntry(migration, context),
  }),
}))
