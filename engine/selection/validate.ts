import { GodwitError } from '../errors.ts'
import { ruleKey } from './matcher.ts'
import type { Selection, SelectionRule } from './types.ts'

/** A rule as people write it: `schema` or `schema.table`. */
export function describeRule(rule: SelectionRule): string {
  return rule.table === undefined ? `schema "${rule.schema}"` : `table "${rule.schema}"."${rule.table}"`
}

/**
 * Checks what can be checked without a server: names that no object of a user can have, and rules that say
 * nothing or contradict each other.
 * @throws GodwitError BAD_INPUT naming the rule
 */
export function validateSelection(selection: Selection): void {
  checkList('include', selection.include)
  checkList('exclude', selection.exclude)
  const excluded = new Set(selection.exclude.map(ruleKey))
  for (const [position, rule] of selection.include.entries()) {
    if (excluded.has(ruleKey(rule))) {
      throw badRule('include', position, `${describeRule(rule)} is excluded as well`)
    }
  }
}

function checkList(list: 'include' | 'exclude', rules: readonly SelectionRule[]): void {
  const seen = new Set<string>()
  for (const [position, rule] of rules.entries()) {
    checkName(list, position, 'schema', rule.schema)
    if (rule.table !== undefined) checkName(list, position, 'table', rule.table)
    if (rule.schema.startsWith('pg_') || rule.schema === 'information_schema') {
      throw badRule(list, position, `${describeRule(rule)} belongs to the server and is never moved`)
    }
    if (rule.schema === 'godwit') {
      throw badRule(list, position, `${describeRule(rule)} is where Godwit keeps its own progress`)
    }
    if (seen.has(ruleKey(rule))) throw badRule(list, position, `${describeRule(rule)} is named twice`)
    seen.add(ruleKey(rule))
  }
}

function checkName(
  list: 'include' | 'exclude',
  position: number,
  part: 'schema' | 'table',
  name: string,
): void {
  if (name === '') throw badRule(list, position, `the name of the ${part} is empty`)
  if (name.includes('\0')) throw badRule(list, position, `the name of the ${part} holds a NUL character`)
}

function badRule(list: 'include' | 'exclude', position: number, why: string): GodwitError {
  const field = `selection.${list}[${position}]`
  return new GodwitError('BAD_INPUT', `${field}: ${why}.`, { field })
}
