import type { Migration } from '../../../engine/index.ts'
import { commandContext } from '../../auth/index.ts'
import { builder } from '../../builder.ts'
import { answer } from '../errors/index.ts'
import { readId } from '../ids/index.ts'
import { MigrationRef } from './ref.ts'
import { everything, KindInput, readSelection, SelectionInput } from './settings.ts'

const CreateMigrationInput = builder.inputType('CreateMigrationInput', {
  fields: (t) => ({
    name: t.string({ description: 'Absent: made of the names of the endpoints.' }),
    tags: t.stringList({ description: 'At most 20 of at most 50 characters.' }),
    sourceId: t.id({ required: true, description: 'Global id or UUID of an endpoint.' }),
    targetId: t.id({ required: true, description: 'Global id or UUID of an endpoint.' }),
    selection: t.field({ type: SelectionInput, description: 'Absent: the whole database.' }),
    kind: t.field({ type: KindInput, description: 'Absent: structure, full copy and incremental.' }),
    idempotencyKey: t.string(),
  }),
})

const CreateMigrationPayload = builder.objectRef<Migration>('CreateMigrationPayload').implement({
  fields: (t) => ({ migration: t.field({ type: MigrationRef, resolve: (migration) => migration }) }),
})

builder.mutationField('createMigration', (t) =>
  t.field({
    type: CreateMigrationPayload,
    errors: {},
    authScopes: { operate: true },
    description: 'Makes a migration in status DRAFT. Nothing is connected to; verify it next.',
    args: { input: t.arg({ type: CreateMigrationInput, required: true }) },
    resolve: answer(
      ({ name, tags, sourceId, targetId, selection, kind, idempotencyKey }, { stores, viewer }) =>
        stores.migrations.create(
          {
            ...(name != null && { name }),
            ...(tags != null && { tags }),
            sourceId: readId('Endpoint', sourceId, 'sourceId'),
            targetId: readId('Endpoint', targetId, 'targetId'),
            selection: readSelection(selection),
            kind: kind ?? everything,
          },
          commandContext(viewer, idempotencyKey),
        ),
    ),
  }),
)
