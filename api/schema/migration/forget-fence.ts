import { commandContext } from '../../auth/index.ts'
import { builder } from '../../builder.ts'
import { actionErrorTypes, answer } from '../errors/index.ts'
import { readMigrationId } from '../ids/index.ts'
import { descriptions, payloadNamed } from './actions.ts'

const ForgetFenceInput = builder.inputType('ForgetFenceInput', {
  fields: (t) => ({
    id: t.id({ required: true, description: descriptions.id }),
    expectedVersion: t.int({ description: descriptions.expectedVersion }),
    idempotencyKey: t.string(),
  }),
})

const ForgetFencePayload = payloadNamed('ForgetFencePayload')

builder.mutationField('forgetFence', (t) =>
  t.field({
    type: ForgetFencePayload,
    errors: { types: [...actionErrorTypes] },
    authScopes: { approve: true },
    description:
      'Says that the fence of a migration that has ended is not Godwit’s any more, so that another migration may ' +
      'fence the same source. Changes nothing on the source: run the statements of the fence there first.',
    args: { input: t.arg({ type: ForgetFenceInput, required: true }) },
    resolve: answer(({ id, expectedVersion, idempotencyKey }, { stores, viewer }) =>
      stores.migrations.forgetFence(
        { migrationId: readMigrationId(id), ...(expectedVersion != null && { expectedVersion }) },
        commandContext(viewer, idempotencyKey),
      ),
    ),
  }),
)
