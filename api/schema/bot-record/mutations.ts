import type { BotRecord } from '../../../engine/index.ts'
import { builder } from '../../builder.ts'
import { answer, StaleVersionError } from '../errors/index.ts'
import { BotRecordRef } from './type.ts'

const keyDescription = '1 to 300 printable characters.'
const namespaceDescription =
  'Which bot: 1 to 40 small letters, digits and hyphens, of which the first is a letter.'

const PutBotRecordInput = builder.inputType('PutBotRecordInput', {
  fields: (t) => ({
    namespace: t.string({ required: true, description: namespaceDescription }),
    key: t.string({ required: true, description: keyDescription }),
    value: t.field({ type: 'JSON', required: true, description: 'At most 64 KiB.' }),
    expectedVersion: t.int({
      description:
        'Absent: whatever is there is replaced. 0: only if there is none, or it has expired. Else: only if it has this version.',
    }),
    expiresIn: t.field({
      type: 'Duration',
      description:
        'From one second to 400 days. Absent: never, also where the record before would have expired.',
    }),
  }),
})

const PutBotRecordPayload = builder.objectRef<BotRecord>('PutBotRecordPayload').implement({
  fields: (t) => ({ record: t.field({ type: BotRecordRef, resolve: (record) => record }) }),
})

builder.mutationField('putBotRecord', (t) =>
  t.field({
    type: PutBotRecordPayload,
    errors: { types: [StaleVersionError] },
    authScopes: { approve: true },
    description:
      'Keeps a note of a bot, so that it needs no database of its own. Of several callers at once that expect the same, one' +
      ' succeeds; the others learn the version that is there now.',
    args: { input: t.arg({ type: PutBotRecordInput, required: true }) },
    resolve: answer(({ namespace, key, value, expectedVersion, expiresIn }, { stores }) =>
      stores.botRecords.put({
        namespace,
        key,
        value,
        ...(expectedVersion != null && { expectedVersion }),
        ...(expiresIn != null && { expiresInMs: expiresIn }),
      }),
    ),
  }),
)

const DeleteBotRecordInput = builder.inputType('DeleteBotRecordInput', {
  fields: (t) => ({
    namespace: t.string({ required: true, description: namespaceDescription }),
    key: t.string({ required: true, description: keyDescription }),
    expectedVersion: t.int({ description: 'Absent: whatever is there.' }),
  }),
})

const DeleteBotRecordPayload = builder.objectRef<{ deleted: boolean }>('DeleteBotRecordPayload').implement({
  fields: (t) => ({
    deleted: t.exposeBoolean('deleted', { description: 'Whether there was one.' }),
  }),
})

builder.mutationField('deleteBotRecord', (t) =>
  t.field({
    type: DeleteBotRecordPayload,
    errors: { types: [StaleVersionError] },
    authScopes: { approve: true },
    args: { input: t.arg({ type: DeleteBotRecordInput, required: true }) },
    resolve: answer(async ({ namespace, key, expectedVersion }, { stores }) => ({
      deleted: await stores.botRecords.delete({
        namespace,
        key,
        ...(expectedVersion != null && { expectedVersion }),
      }),
    })),
  }),
)
