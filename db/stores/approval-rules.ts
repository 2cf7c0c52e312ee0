import { and, eq, isNull, ne } from 'drizzle-orm'
import { v7, validate } from 'uuid'
import {
  GodwitError,
  toPerson,
  type ApprovalRule,
  type CommandContext,
  type EventPayload,
  type NewApprovalRule,
} from '../../engine/index.ts'
import type { ControlDatabase, Database } from '../control-database.ts'
import { approvalRules, endpoints } from '../schema/index.ts'
import { appendAudit } from './append-audit.ts'
import type { Recall } from './idempotency.ts'
import { toTag } from './migration-settings.ts'
import { readMembers, resolveApprovers } from './requirement.ts'
import { badInput, requireText } from './validate.ts'

export interface ApprovalNeeds {
  readonly database: ControlDatabase
  readonly recall: Recall
}

type RuleRow = typeof approvalRules.$inferSelect

const maxRequired = 10
const maxNames = 200

export async function createRule(
  { database, recall }: ApprovalNeeds,
  input: NewApprovalRule,
  context: CommandContext,
): Promise<ApprovalRule> {
  const operation = 'approvalRule.create'
  return await database.transaction(async (transaction) => {
    const id = v7()
    const earlier = await recall(transaction, { operation, input, context }, id)
    if (earlier !== null) return await lockRule(transaction, earlier)
    await requireValid(transaction, id, input)
    await requireEndpoint(transaction, input.endpointId)
    const [row] = await transaction
      .insert(approvalRules)
      .values({ id, ...toColumns(input) })
      .onConflictDoNothing({ target: approvalRules.name })
      .returning()
    if (row === undefined) throw nameTaken(input.name)
    await appendAudit(transaction, { actor: context.actor, operation, subjectId: id, details: describe(row) })
    return row
  })
}

export async function updateRule(
  { database, recall }: ApprovalNeeds,
  { id, changes }: { readonly id: string; readonly changes: Partial<NewApprovalRule> },
  context: CommandContext,
): Promise<ApprovalRule> {
  const operation = 'approvalRule.update'
  return await database.transaction(async (transaction) => {
    const former = await lockRule(transaction, id)
    const command = { operation, input: { id: former.id, changes }, context }
    if ((await recall(transaction, command, former.id)) !== null) return former
    const rule = { ...former, ...changes }
    await requireValid(transaction, former.id, rule)
    if (rule.endpointId !== former.endpointId) await requireEndpoint(transaction, rule.endpointId)
    const [row] = await transaction
      .update(approvalRules)
      .set(toColumns(rule))
      .where(eq(approvalRules.id, former.id))
      .returning()
    if (row === undefined) throw new TypeError(`the locked rule ${id} is gone`)
    await appendAudit(transaction, {
      actor: context.actor,
      operation,
      subjectId: row.id,
      details: describe(row),
    })
    return row
  })
}

export async function deleteRule(
  { database, recall }: ApprovalNeeds,
  id: string,
  context: CommandContext,
): Promise<void> {
  const operation = 'approvalRule.delete'
  if (!validate(id)) throw notFound(id)
  await database.transaction(async (transaction) => {
    if ((await recall(transaction, { operation, input: { id }, context }, id)) !== null) return
    const [row] = await transaction.delete(approvalRules).where(eq(approvalRules.id, id)).returning()
    if (row === undefined) throw notFound(id)
    await appendAudit(transaction, { actor: context.actor, operation, subjectId: id, details: describe(row) })
  })
}

async function lockRule(transaction: Database, id: string): Promise<RuleRow> {
  if (!validate(id)) throw notFound(id)
  const [row] = await transaction.select().from(approvalRules).where(eq(approvalRules.id, id)).for('update')
  if (row === undefined) throw notFound(id)
  return row
}

function notFound(id: string): GodwitError {
  return new GodwitError('NOT_FOUND', `There is no approval rule ${id}.`)
}

function nameTaken(name: string): GodwitError {
  return new GodwitError('NAME_TAKEN', `There is an approval rule named ${name} already.`)
}

async function requireValid(transaction: Database, id: string, rule: NewApprovalRule): Promise<void> {
  const { name, required, people, groups } = rule
  requireText('name', name, 200)
  if (!Number.isInteger(required) || required < 1 || required > maxRequired) {
    throw badInput('required', `must be a whole number from 1 to ${maxRequired}`)
  }
  requireNames('people', people)
  requireNames('groups', groups)
  const members = await readMembers(transaction, groups)
  const missing = groups.find((group) => !members.has(group))
  if (missing !== undefined) throw new GodwitError('NOT_FOUND', `There is no approver group ${missing}.`)
  const approvers = resolveApprovers(people.map(toPerson), groups, members)
  if (approvers.length < required) {
    throw badInput('required', `is ${required}, but the rule names only ${approvers.length} different people`)
  }
  const taken = await transaction
    .select({ id: approvalRules.id })
    .from(approvalRules)
    .where(and(eq(approvalRules.name, name), ne(approvalRules.id, id)))
  if (taken.length > 0) throw nameTaken(name)
}

export function requireNames(field: string, names: readonly string[]): void {
  if (names.length > maxNames) throw badInput(field, `must not be more than ${maxNames}`)
  for (const name of names) requireText(field, name, 200)
}

async function requireEndpoint(transaction: Database, id: string | null): Promise<void> {
  if (id === null) return
  const found = await transaction
    .select({ id: endpoints.id })
    .from(endpoints)
    .where(and(eq(endpoints.id, validate(id) ? id : v7()), isNull(endpoints.deletedAt)))
  if (found.length === 0) throw new GodwitError('NOT_FOUND', `There is no endpoint ${id}.`)
}

/** Each name once: a person who is named twice is still one. */
function toColumns({ name, required, people, groups, endpointId, tag }: NewApprovalRule) {
  return {
    name,
    required,
    people: [...new Set(people.map(toPerson))],
    groups: [...new Set(groups)],
    endpointId,
    tag: tag === null ? null : toTag('tag', tag),
  }
}

function describe({ name, required, people, groups, endpointId, tag }: RuleRow): EventPayload {
  return { name, required, people, groups, endpointId, tag }
}
