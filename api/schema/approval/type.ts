import type { ApprovalRule, ApproverGroup } from '../../../engine/index.ts'
import { builder } from '../../builder.ts'
import { EndpointRef } from '../endpoint/index.ts'
import { encodeId } from '../ids/index.ts'

export const ApprovalRuleRef = builder.objectRef<ApprovalRule>('ApprovalRule').implement({
  description: 'Who has to approve a cutover. Every rule that is about a migration must be met.',
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('ApprovalRule', id) }),
    name: t.exposeString('name'),
    required: t.exposeInt('required', { description: 'How many different people.' }),
    people: t.exposeStringList('people', {
      description: 'As in X-Godwit-On-Behalf-Of; `token:<name>` for a token that acts for nobody.',
    }),
    groups: t.exposeStringList('groups', { description: 'Names of groups whose members count, too.' }),
    endpoint: t.field({
      type: EndpointRef,
      nullable: true,
      description: 'Only migrations from or to it; null: all.',
      resolve: ({ endpointId }) => endpointId,
    }),
    tag: t.exposeString('tag', {
      nullable: true,
      description: 'Only migrations with this tag; null: all.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
})

export const ApproverGroupRef = builder.objectRef<ApproverGroup>('ApproverGroup').implement({
  description: 'People whom rules name together.',
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('ApproverGroup', id) }),
    name: t.exposeString('name'),
    members: t.exposeStringList('members'),
  }),
})
