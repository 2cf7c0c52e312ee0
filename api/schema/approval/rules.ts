import type { ApprovalRule } from '../../../engine/index.ts'
import { commandContext } from '../../auth/index.ts'
import { builder } from '../../builder.ts'
import { answer } from '../errors/index.ts'
import { encodeId, readId } from '../ids/index.ts'
import { ApprovalRuleRef } from './type.ts'

const descriptions = {
  id: 'Global id or UUID.',
  required: 'How many different people, from 1 to 10.',
  people: 'As in X-Godwit-On-Behalf-Of; `token:<name>` for a token that acts for nobody.',
  groups: 'Names of groups.',
}

const CreateApprovalRuleInput = builder.inputType('CreateApprovalRuleInput', {
  fields: (t) => ({
    name: t.string({ required: true }),
    required: t.int({ required: true, description: descriptions.required }),
    people: t.stringList({ description: descriptions.people }),
    groups: t.stringList({ description: descriptions.groups }),
    endpointId: t.id({ description: 'Only migrations from or to this endpoint; absent: all.' }),
    tag: t.string({
      description: 'Only migrations with this tag; absent: all. Whoever may operate may change tags.',
    }),
    idempotencyKey: t.string(),
  }),
})

const CreateApprovalRulePayload = builder.objectRef<ApprovalRule>('CreateApprovalRulePayload').implement({
  fields: (t) => ({ rule: t.field({ type: ApprovalRuleRef, resolve: (rule) => rule }) }),
})

builder.mutationField('createApprovalRule', (t) =>
  t.field({
    type: CreateApprovalRulePayload,
    errors: {},
    authScopes: { admin: true },
    description: 'Asks for approvals of the cutovers that are planned from now on.',
    args: { input: t.arg({ type: CreateApprovalRuleInput, required: true }) },
    resolve: answer(
      ({ name, required, people, groups, endpointId, tag, idempotencyKey }, { stores, viewer }) =>
        stores.approvalRules.create(
          {
            name,
            required,
            people: people ?? [],
            groups: groups ?? [],
            endpointId: readEndpointId(endpointId) ?? null,
            tag: tag ?? null,
          },
          commandContext(viewer, idempotencyKey),
        ),
    ),
  }),
)

/** Null stays null: it says that the rule is about all migrations. */
function readEndpointId(given: string | null | undefined): string | null | undefined {
  return given == null ? given : readId('Endpoint', given, 'endpointId')
}

const UpdateApprovalRuleInput = builder.inputType('UpdateApprovalRuleInput', {
  description: 'What is absent stays as it is.',
  fields: (t) => ({
    id: t.id({ required: true, description: descriptions.id }),
    name: t.string(),
    required: t.int({ description: descriptions.required }),
    people: t.stringList({ description: descriptions.people }),
    groups: t.stringList({ description: descriptions.groups }),
    endpointId: t.id({ description: 'Null: all migrations.' }),
    tag: t.string({ description: 'Null: all migrations.' }),
    idempotencyKey: t.string(),
  }),
})

const UpdateApprovalRulePayload = builder.objectRef<ApprovalRule>('UpdateApprovalRulePayload').implement({
  fields: (t) => ({ rule: t.field({ type: ApprovalRuleRef, resolve: (rule) => rule }) }),
})

builder.mutationField('updateApprovalRule', (t) =>
  t.field({
    type: UpdateApprovalRulePayload,
    errors: {},
    authScopes: { admin: true },
    description: 'Plans that were made already keep the rule as it was.',
    args: { input: t.arg({ type: UpdateApprovalRuleInput, required: true }) },
    resolve: answer(
      ({ id, name, required, people, groups, endpointId, tag, idempotencyKey }, { stores, viewer }) => {
        const endpoint = readEndpointId(endpointId)
        return stores.approvalRules.update(
          readId('ApprovalRule', id, 'id'),
          {
            ...(name != null && { name }),
            ...(required != null && { required }),
            ...(people != null && { people }),
            ...(groups != null && { groups }),
            ...(endpoint !== undefined && { endpointId: endpoint }),
            ...(tag !== undefined && { tag }),
          },
          commandContext(viewer, idempotencyKey),
        )
      },
    ),
  }),
)

const DeleteApprovalRuleInput = builder.inputType('DeleteApprovalRuleInput', {
  fields: (t) => ({
    id: t.id({ required: true, description: descriptions.id }),
    idempotencyKey: t.string(),
  }),
})

const DeleteApprovalRulePayload = builder
  .objectRef<{ readonly id: string }>('DeleteApprovalRulePayload')
  .implement({
    fields: (t) => ({ deletedRuleId: t.id({ resolve: ({ id }) => encodeId('ApprovalRule', id) }) }),
  })

builder.mutationField('deleteApprovalRule', (t) =>
  t.field({
    type: DeleteApprovalRulePayload,
    errors: {},
    authScopes: { admin: true },
    description: 'Plans that were made already keep the rule.',
    args: { input: t.arg({ type: DeleteApprovalRuleInput, required: true }) },
    resolve: answer(async (input, { stores, viewer }) => {
      const id = readId('ApprovalRule', input.id, 'id')
      await stores.approvalRules.delete(id, commandContext(viewer, input.idempotencyKey))
      return { id }
    }),
  }),
)
