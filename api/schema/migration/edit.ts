import type { Migration } from '../../../engine/index.ts'
import { commandContext } from '../../auth/index.ts'
import { builder } from '../../builder.ts'
import { actionErrorTypes, answer } from '../errors/index.ts'
import { readId, readMigrationId } from '../ids/index.ts'
import { MigrationRef } from './ref.ts'
import { KindInput, readSelection, SelectionInput } from './settings.ts'

const UpdateMigrationInput = builder.inputType('UpdateMigrationInput', {
  description: 'What is absent stays as it is.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Global id, UUID or short id.' }),
    name: t.string(),
    tags: t.stringList({
      description: 'All of them, not those to add. At most 20 of at most 50 characters.',
    }),
    sourceId: t.id({ description: 'Global id or UUID of an endpoint.' }),
    targetId: t.id({ description: 'Global id or UUID of an endpoint.' }),
    selection: t.field({ type: SelectionInput, description: 'All of it, with its renames.' }),
    kind: t.field({ type: KindInput }),
    expectedVersion: t.int({
      description: 'Nothing is done when the migration has changed since this version.',
    }),
    idempotencyKey: t.string(),
  }),
})

const UpdateMigrationPayload = builder.objectRef<Migration>('UpdateMigrationPayload').implement({
  fields: (t) => ({ migration: t.field({ type: MigrationRef, resolve: (migration) => migration }) }),
})

builder.mutationField('updateMigration', (t) =>
  t.field({
    type: UpdateMigrationPayload,
    errors: { types: [...actionErrorTypes] },
    authScopes: { operate: true },
    description:
      'Changes name and tags at any time; the rest before the start only (EDIT), which makes a DRAFT of it again: it' +
      ' has to be verified, and scheduled, anew.',
    args: { input: t.arg({ type: UpdateMigrationInput, required: true }) },
    resolve: answer((input, { stores, viewer }) => {
      const { id, name, tags, sourceId, targetId, selection, kind, expectedVersion, idempotencyKey } = input
      return stores.migrations.update(
        {
          migrationId: readMigrationId(id),
          ...(name != null && { name }),
          ...(tags != null && { tags }),
          ...(sourceId != null && { sourceId: readId('Endpoint', sourceId, 'sourceId') }),
          ...(targetId != null && { targetId: readId('Endpoint', targetId, 'targetId') }),
          ...(selection != null && { selection: readSelection(selection) }),
          ...(kind != null && { kind }),
          ...(expectedVersion != null && { expectedVersion }),
        },
        commandContext(viewer, idempotencyKey),
      )
    }),
  }),
)
