import { commandContext } from '../../auth/index.ts'
import { builder } from '../../builder.ts'
import { actionErrorTypes, answer } from '../errors/index.ts'
import { encodeId, readMigrationId } from '../ids/index.ts'

const DeleteMigrationInput = builder.inputType('DeleteMigrationInput', {
  fields: (t) => ({
    id: t.id({ required: true, description: 'Global id, UUID or short id.' }),
    expectedVersion: t.int({
      description: 'Nothing is done when the migration has changed since this version.',
    }),
    idempotencyKey: t.string(),
  }),
})

const DeleteMigrationPayload = builder.objectRef<{ id: string }>('DeleteMigrationPayload').implement({
  fields: (t) => ({ deletedMigrationId: t.id({ resolve: ({ id }) => encodeId('Migration', id) }) }),
})

builder.mutationField('deleteMigration', (t) =>
  t.field({
    type: DeleteMigrationPayload,
    errors: { types: [...actionErrorTypes] },
    authScopes: { operate: true },
    description:
      'Takes a migration that has ended, or never started, out of every list. Its events stay in the feed, without it.',
    args: { input: t.arg({ type: DeleteMigrationInput, required: true }) },
    resolve: answer(async ({ id, expectedVersion, idempotencyKey }, { stores, viewer }) => ({
      id: await stores.migrations.delete(
        { migrationId: readMigrationId(id), ...(expectedVersion != null && { expectedVersion }) },
        commandContext(viewer, idempotencyKey),
      ),
    })),
  }),
)
