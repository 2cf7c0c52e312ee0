import { and, asc, inArray, isNull, or, sql } from 'drizzle-orm'
import type { ApprovalRequirement } from '../../engine/index.ts'
import type { Database } from '../control-database.ts'
import { approvalRules, approverGroups, endpoints } from '../schema/index.ts'
import type { MigrationRow } from './migration-rows.ts'

/** What the rules of now ask of a plan for the migration, with groups resolved to their members. */
export async function readRequirement(
  transaction: Database,
  { sourceId, targetId, tags }: MigrationRow,
): Promise<ApprovalRequirement> {
  const rules = await transaction
    .select()
    .from(approvalRules)
    .where(
      and(
        or(
          isNull(approvalRules.endpointId),
          inArray(approvalRules.endpointId, sameDatabase([sourceId, targetId])),
        ),
        or(isNull(approvalRules.tag), inArray(approvalRules.tag, [...tags])),
      ),
    )
    .orderBy(asc(approvalRules.name))
  const members = await readMembers(
    transaction,
    rules.flatMap(({ groups }) => groups),
  )
  return {
    rules: rules.map(({ name, required, people, groups }) => ({
      rule: name,
      required,
      approvers: resolveApprovers(people, groups, members),
    })),
  }
}

/**
 * The endpoints that lead to the same databases as the given ones: a rule is about a database, and does not go away
 * when somebody makes another endpoint for it.
 */
function sameDatabase(ids: readonly string[]) {
  return sql`(
    select other.id
      from ${endpoints} as given
      join ${endpoints} as other
        on lower(other.host) = lower(given.host) and other.port = given.port
       and other.database_name = given.database_name
     where given.id in ${[...ids]})`
}

/** The members of groups, by name; a group that does not exist is missing. */
export async function readMembers(
  transaction: Database,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  // Held until the rule that names them is there, so that none is deleted meanwhile.
  const rows = await transaction
    .select()
    .from(approverGroups)
    .where(inArray(approverGroups.name, [...names]))
    .for('share')
  return new Map(rows.map(({ name, members }) => [name, members]))
}

/** Each once, in the order of the alphabet. */
export function resolveApprovers(
  people: readonly string[],
  groups: readonly string[],
  members: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const all = [...people, ...groups.flatMap((group) => members.get(group) ?? [])]
  return [...new Set(all)].toSorted((a, b) => (a < b ? -1 : 1))
}
