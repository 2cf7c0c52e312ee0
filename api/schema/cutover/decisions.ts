import type { CutoverPlan } from '../../../engine/index.ts'
import { commandContext, holdsScope } from '../../auth/index.ts'
import { builder } from '../../builder.ts'
import { answer, CutoverPlanError } from '../errors/index.ts'
import { readMigrationId } from '../ids/index.ts'
import { CutoverPlanRef } from './type.ts'

const descriptions = {
  id: 'Global id, UUID or short id of the migration.',
  planDigest: 'Of the plan that was looked at.',
}

function payloadNamed(name: string) {
  return builder.objectRef<CutoverPlan>(name).implement({
    fields: (t) => ({ plan: t.field({ type: CutoverPlanRef, resolve: (plan) => plan }) }),
  })
}

const ApproveCutoverInput = builder.inputType('ApproveCutoverInput', {
  fields: (t) => ({
    id: t.id({ required: true, description: descriptions.id }),
    planDigest: t.string({ required: true, description: descriptions.planDigest }),
    idempotencyKey: t.string(),
  }),
})

const ApproveCutoverPayload = payloadNamed('ApproveCutoverPayload')

builder.mutationField('approveCutover', (t) =>
  t.field({
    type: ApproveCutoverPayload,
    errors: { types: [CutoverPlanError] },
    authScopes: { approve: true },
    description:
      'Counts for the person on whose behalf the call is made, else for the token; never for the requester.',
    args: { input: t.arg({ type: ApproveCutoverInput, required: true }) },
    resolve: answer(({ id, planDigest, idempotencyKey }, { stores, viewer }) =>
      stores.cutovers.approve(
        { migrationId: readMigrationId(id), planDigest },
        commandContext(viewer, idempotencyKey),
      ),
    ),
  }),
)

const RejectCutoverInput = builder.inputType('RejectCutoverInput', {
  fields: (t) => ({
    id: t.id({ required: true, description: descriptions.id }),
    planDigest: t.string({ required: true, description: descriptions.planDigest }),
    reason: t.string({ required: true }),
    idempotencyKey: t.string(),
  }),
})

const RejectCutoverPayload = payloadNamed('RejectCutoverPayload')

builder.mutationField('rejectCutover', (t) =>
  t.field({
    type: RejectCutoverPayload,
    errors: { types: [CutoverPlanError] },
    authScopes: { approve: true },
    description: 'Ends a plan. For people whom a rule names, and for admins.',
    args: { input: t.arg({ type: RejectCutoverInput, required: true }) },
    resolve: answer(({ id, planDigest, reason, idempotencyKey }, { stores, viewer }) =>
      stores.cutovers.reject(
        {
          migrationId: readMigrationId(id),
          planDigest,
          reason,
          asAdmin: holdsScope(viewer.scopes, 'admin'),
        },
        commandContext(viewer, idempotencyKey),
      ),
    ),
  }),
)
