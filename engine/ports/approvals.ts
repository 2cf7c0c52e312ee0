import type { CommandContext } from './actors.ts'
import type { Page, PageRequest } from './pages.ts'

/** Who has to approve a cutover, and for which migrations. */
export interface ApprovalRule {
  readonly id: string
  readonly name: string
  /** How many different people. */
  readonly required: number
  readonly people: readonly string[]
  /** Names of groups whose members count, too. */
  readonly groups: readonly string[]
  /** Only migrations from or to this endpoint; null: all. */
  readonly endpointId: string | null
  /** Only migrations with this tag; null: all. With an endpoint too, both must fit. */
  readonly tag: string | null
  readonly createdAt: Date
}

export type NewApprovalRule = Omit<ApprovalRule, 'id' | 'createdAt'>

export interface ApproverGroup {
  readonly id: string
  readonly name: string
  readonly members: readonly string[]
}

/** A plan keeps the rules as they were when it was made; a change is about later plans. */
export interface ApprovalRuleStore {
  /** @throws GodwitError BAD_INPUT, NAME_TAKEN, NOT_FOUND (endpoint, group) */
  create(input: NewApprovalRule, context: CommandContext): Promise<ApprovalRule>
  /** Changes what is given. @throws GodwitError NOT_FOUND, BAD_INPUT, NAME_TAKEN */
  update(id: string, changes: Partial<NewApprovalRule>, context: CommandContext): Promise<ApprovalRule>
  /** @throws GodwitError NOT_FOUND */
  delete(id: string, context: CommandContext): Promise<void>
  list(page: PageRequest): Promise<Page<ApprovalRule>>
  /** Makes the group, or gives it other members. @throws GodwitError BAD_INPUT */
  setGroup(group: Omit<ApproverGroup, 'id'>, context: CommandContext): Promise<ApproverGroup>
  /** @throws GodwitError NOT_FOUND, IN_USE */
  deleteGroup(name: string, context: CommandContext): Promise<void>
  listGroups(page: PageRequest): Promise<Page<ApproverGroup>>
}
