import type { ApprovalRuleStore } from '../../engine/index.ts'
import { approvalRules, approverGroups } from '../schema/index.ts'
import { createRule, deleteRule, updateRule, type ApprovalNeeds } from './approval-rules.ts'
import { deleteGroup, setGroup } from './approver-groups.ts'
import { readPage } from './paging.ts'

export function createApprovalRuleStore(needs: ApprovalNeeds): ApprovalRuleStore {
  const { database } = needs
  return {
    create: (input, context) => createRule(needs, input, context),
    update: (id, changes, context) => updateRule(needs, { id, changes }, context),
    delete: (id, context) => deleteRule(needs, id, context),
    list: (page) =>
      database.run((session) =>
        readPage(page, approvalRules.id, {
          select: ({ where, orderBy, limit }) =>
            session.select().from(approvalRules).where(where).orderBy(orderBy).limit(limit),
          toItem: (row) => row,
        }),
      ),
    setGroup: (group, context) => setGroup(needs, group, context),
    deleteGroup: (name, context) => deleteGroup(needs, name, context),
    listGroups: (page) =>
      database.run((session) =>
        readPage(page, approverGroups.id, {
          select: ({ where, orderBy, limit }) =>
            session.select().from(approverGroups).where(where).orderBy(orderBy).limit(limit),
          toItem: (row) => row,
        }),
      ),
  }
}
