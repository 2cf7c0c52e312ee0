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
