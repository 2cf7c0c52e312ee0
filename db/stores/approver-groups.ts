import { arrayContains, eq, sql } from 'drizzle-orm'
import { v7 } from 'uuid'
import { GodwitError, toPerson, type ApproverGroup, type CommandContext } from '../../engine/index.ts'
import { approvalRules, approverGroups } from '../schema/index.ts'
import { appendAudit } from './append-audit.ts'
import { requireNames, type ApprovalNeeds } from './approval-rules.ts'
import { requireText } from './validate.ts'

export async function setGroup(
  { database, recall }: ApprovalNeeds,
  { name, members }: Omit<ApproverGroup, 'id'>,
  context: CommandContext,
): Promise<ApproverGroup> {
  requireText('name', name, 200)
  requireNames('members', members)
  const operation = 'approverGroup.set'
  const each = [...new Set(members.map(toPerson))]
  return await database.transaction(async (transaction) => {
    const id = v7()
    const earlier = await recall(transaction, { operation, input: { name, members }, context }, id)
    if (earlier !== null) return { id: earlier, name, members: each }
    const [group] = await transaction
      .insert(approverGroups)
      .values({ id, name, members: each })
      .onConflictDoUpdate({ target: approverGroups.name, set: { members: sql`excluded.members` } })
      .returning()
    if (group === undefined) throw new TypeError('the group that was set is gone')
    await appendAudit(transaction, {
      actor: context.actor,
      operation,
      subjectId: group.id,
      details: { name, members: each },
    })
    return group
  })
}

export async function deleteGroup(
  { database, recall }: ApprovalNeeds,
  name: string,
  context: CommandContext,
): Promise<void> {
  const operation = 'approverGroup.delete'
  await database.transaction(async (transaction) => {
    if ((await recall(transaction, { operation, input: { name }, context }, v7())) !== null) return
    // Waits for a rule that is about to name the group, which holds its row.
    const [group] = await transaction.delete(approverGroups).where(eq(approverGroups.name, name)).returning()
    if (group === undefined) throw new GodwitError('NOT_FOUND', `There is no approver group ${name}.`)
    const [use] = await transaction
      .select({ name: approvalRules.name })
      .from(approvalRules)
      .where(arrayContains(approvalRules.groups, [name]))
      .limit(1)
    if (use !== undefined) {
      throw new GodwitError('IN_USE', `The approval rule ${use.name} names the group ${name}.`)
    }
    await appendAudit(transaction, {
      actor: context.actor,
      operation,
      subjectId: group.id,
      details: { name, members: group.members },
    })
  })
}
