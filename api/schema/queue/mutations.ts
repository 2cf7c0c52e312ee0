import type { Migration, QueueLimits } from '../../../engine/index.ts'
import { commandContext } from '../../auth/index.ts'
import { builder } from '../../builder.ts'
import { actionErrorTypes, answer } from '../errors/index.ts'
import { readMigrationId } from '../ids/index.ts'
import { MigrationRef } from '../migration/ref.ts'
import { QueueRef } from './limits.ts'

const UpdateQueueSettingsInput = builder.inputType('UpdateQueueSettingsInput', {
  fields: (t) => ({
    perTarget: t.int({ description: 'From 1 to 100; absent: as it is.' }),
    overall: t.int({ description: 'From 1 to 100; absent: as it is.' }),
    idempotencyKey: t.string(),
  }),
})

const UpdateQueueSettingsPayload = builder
  .objectRef<QueueLimits>('UpdateQueueSettingsPayload')
  .implement({ fields: (t) => ({ queue: t.field({ type: QueueRef, resolve: (limits) => limits }) }) })

builder.mutationField('updateQueueSettings', (t) =>
  t.field({
    type: UpdateQueueSettingsPayload,
    errors: {},
    authScopes: { admin: true },
    description: 'Sets how many migrations copy at a time. Whoever has begun goes on.',
    args: { input: t.arg({ type: UpdateQueueSettingsInput, required: true }) },
    resolve: answer(({ perTarget, overall, idempotencyKey }, { stores, viewer }) =>
      stores.queue.setLimits(
        { ...(perTarget != null && { perTarget }), ...(overall != null && { overall }) },
        commandContext(viewer, idempotencyKey),
      ),
    ),
  }),
)

const SetMigrationPriorityInput = builder.inputType('SetMigrationPriorityInput', {
  fields: (t) => ({
    id: t.id({ required: true, description: 'Global id, UUID or short id.' }),
    priority: t.int({ required: true, description: 'From -100 to 100, higher first.' }),
    expectedVersion: t.int({
      description: 'Nothing is done when the migration has changed since this version.',
    }),
    idempotencyKey: t.string(),
  }),
})

const SetMigrationPriorityPayload = builder.objectRef<Migration>('SetMigrationPriorityPayload').implement({
  fields: (t) => ({ migration: t.field({ type: MigrationRef, resolve: (migration) => migration }) }),
})

builder.mutationField('setMigrationPriority', (t) =>
  t.field({
    type: SetMigrationPriorityPayload,
    errors: { types: [...actionErrorTypes] },
    authScopes: { operate: true },
    description: 'Moves a migration forward or back in the queue, now or when it gets there.',
    args: { input: t.arg({ type: SetMigrationPriorityInput, required: true }) },
    resolve: answer(({ id, priority, expectedVersion, idempotencyKey }, { stores, viewer }) =>
      stores.queue.setPriority(
        { migrationId: readMigrationId(id), priority, ...(expectedVersion != null && { expectedVersion }) },
        commandContext(viewer, idempotencyKey),
      ),
    ),
  }),
)
