import type { Migration } from '../../../engine/index.ts'
import { commandContext } from '../../auth/index.ts'
import { builder } from '../../builder.ts'
import { answer } from '../errors/index.ts'
import { readMigrationId } from '../ids/index.ts'
import { MigrationRef } from './ref.ts'

const CloneMigrationInput = builder.inputType('CloneMigrationInput', {
  fields: (t) => ({
    id: t.id({ required: true, description: 'Global id, UUID or short id.' }),
    name: t.string({ description: 'Absent: that of the original, with a mark.' }),
    idempotencyKey: t.string(),
  }),
})

const CloneMigrationPayload = builder.objectRef<Migration>('CloneMigrationPayload').implement({
  fields: (t) => ({ migration: t.field({ type: MigrationRef, resolve: (migration) => migration }) }),
})

builder.mutationField('cloneMigration', (t) =>
  t.field({
    type: CloneMigrationPayload,
    errors: {},
    authScopes: { operate: true },
    description: 'Makes a DRAFT with the endpoints, selection, kind and tags of another migration.',
    args: { input: t.arg({ type: CloneMigrationInput, required: true }) },
    resolve: answer(({ id, name, idempotencyKey }, { stores, viewer }) =>
      stores.migrations.clone(
        { migrationId: readMigrationId(id), ...(name != null && { name }) },
        commandContext(viewer, idempotencyKey),
      ),
    ),
  }),
)
