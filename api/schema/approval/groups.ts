import type { ApproverGroup } from '../../../engine/index.ts'
import { commandContext } from '../../auth/index.ts'
import { builder } from '../../builder.ts'
import { answer } from '../errors/index.ts'
import { ApproverGroupRef } from './type.ts'

const SetApproverGroupInput = builder.inputType('SetApproverGroupInput', {
  fields: (t) => ({
    name: t.string({ required: true }),
    members: t.stringList({
      required: true,
      description:
        'All of them: as in X-Godwit-On-Behalf-Of; `token:<name>` for a token that acts for nobody.',
    }),
    idempotencyKey: t.string(),
  }),
})

const SetApproverGroupPayload = builder.objectRef<ApproverGroup>('SetApproverGroupPayload').implement({
  fields: (t) => ({ group: t.field({ type: ApproverGroupRef, resolve: (group) => group }) }),
})

builder.mutationField('setApproverGroup', (t) =>
  t.field({
    type: SetApproverGroupPayload,
    errors: {},
    authScopes: { admin: true },
    description: 'Makes a group, or gives it other members. Plans that were made already keep the former.',
    args: { input: t.arg({ type: SetApproverGroupInput, required: true }) },
    resolve: answer(({ name, members, idempotencyKey }, { stores, viewer }) =>
      stores.approvalRules.setGroup({ name, members }, commandContext(viewer, idempotencyKey)),
    ),
  }),
)

const DeleteApproverGroupInput = builder.inputType('DeleteApproverGroupInput', {
  fields: (t) => ({ name: t.string({ required: true }), idempotencyKey: t.string() }),
})

const DeleteApproverGroupPayload = builder
  .objectRef<{ readonly name: string }>('DeleteApproverGroupPayload')
  .implement({ fields: (t) => ({ deletedGroup: t.exposeString('name') }) })

builder.mutationField('deleteApproverGroup', (t) =>
  t.field({
    type: DeleteApproverGroupPayload,
    errors: {},
    authScopes: { admin: true },
    description: 'Refused while a rule names it.',
    args: { input: t.arg({ type: DeleteApproverGroupInput, required: true }) },
    resolve: answer(async ({ name, idempotencyKey }, { stores, viewer }) => {
      await stores.approvalRules.deleteGroup(name, commandContext(viewer, idempotencyKey))
      return { name }
    }),
  }),
)
