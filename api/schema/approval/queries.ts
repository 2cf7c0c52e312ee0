import { builder } from '../../builder.ts'
import { readPageRequest, toConnection } from '../paging/index.ts'
import { ApprovalRuleRef, ApproverGroupRef } from './type.ts'

builder.queryFields((t) => ({
  approvalRules: t.connection(
    {
      type: ApprovalRuleRef,
      authScopes: { read: true },
      description: 'Newest first.',
      resolve: async (_root, args, { stores }) =>
        toConnection(await stores.approvalRules.list(readPageRequest(args))),
    },
    { name: 'ApprovalRuleConnection' },
    { name: 'ApprovalRuleEdge' },
  ),
  approverGroups: t.connection(
    {
      type: ApproverGroupRef,
      authScopes: { read: true },
      description: 'Newest first.',
      resolve: async (_root, args, { stores }) =>
        toConnection(await stores.approvalRules.listGroups(readPageRequest(args))),
    },
    { name: 'ApproverGroupConnection' },
    { name: 'ApproverGroupEdge' },
  ),
}))
