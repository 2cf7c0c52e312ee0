import type { Selection, SelectionRule } from './types.ts'

/** Identifies a rule. Names may hold any character but NUL, which therefore separates them. */
export function ruleKey({ schema, table }: SelectionRule): string {
  return table === undefined ? schema : `${schema}\0${table}`
}

/**
 * Whether a selection selects an object: a whole schema, or a table, by the name of its root. A rule of the
 * schema covers its tables.
 */
export function makeMatcher(selection: Selection): (object: SelectionRule) => boolean {
  const included = new Set(selection.include.map(ruleKey))
  const excluded = new Set(selection.exclude.map(ruleKey))
  const covers = (keys: ReadonlySet<string>, object: SelectionRule) =>
    keys.has(object.schema) || keys.has(ruleKey(object))
  return (object) => (included.size === 0 || covers(included, object)) && !covers(excluded, object)
}
