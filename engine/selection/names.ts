import type { QualifiedName } from '../catalog/index.ts'
import { ruleKey } from './matcher.ts'
import type { RenameRule } from './types.ts'

/** What an object of the source is called on the target. */
export type NameMap = (object: QualifiedName) => QualifiedName

/** By the rules alone: the sequences that a table owns, say, are not followed when it goes to another schema. */
export function makeNameMap(renames: readonly RenameRule[] = []): NameMap {
  const rules = new Map(renames.map((rule) => [ruleKey(rule), rule]))
  return ({ schema, name }) => {
    const own = rules.get(ruleKey({ schema, table: name }))
    const ofSchema = rules.get(ruleKey({ schema }))
    return { schema: own?.toSchema ?? ofSchema?.toSchema ?? schema, name: own?.toTable ?? name }
  }
}

/**
 * Whether a table has its name on the target for itself. One that no rule is for does not, where all of another schema
 * goes to the schema that it is in: tables of that name may be there, or come later.
 */
export function makeFreedom(renames: readonly RenameRule[]): (table: QualifiedName) => boolean {
  const rules = new Set(renames.map(ruleKey))
  const taken = new Set(renames.filter(({ table }) => table === undefined).map(({ toSchema }) => toSchema))
  return ({ schema, name }) =>
    !taken.has(schema) || rules.has(ruleKey({ schema })) || rules.has(ruleKey({ schema, table: name }))
}
