import { GodwitError } from '../errors.ts'
import { ruleKey } from './matcher.ts'
import { makeNameMap } from './names.ts'
import type { RenameRule, Selection, SelectionRule } from './types.ts'

/** The server cuts longer names off without an error. */
const maxNameBytes = 63

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
  checkList('renames', selection.renames ?? [])
  for (const [position, rule] of (selection.renames ?? []).entries()) checkRename(position, rule)
  checkApart(selection.renames ?? [])
  checkTables(selection.renames ?? [], excluded)
}

function checkTables(renames: readonly RenameRule[], excluded: ReadonlySet<string>): void {
  const bySchema = makeNameMap(renames.filter(({ table }) => table === undefined))
  const byRule = makeNameMap(renames)
  const taken = new Map<string, RenameRule>()
  for (const [position, rule] of renames.entries()) {
    const refuse = (why: string) => badRule('renames', position, `${describeRule(rule)} ${why}`)
    if (excluded.has(ruleKey(rule)) || excluded.has(ruleKey({ schema: rule.schema })))
      throw refuse('is excluded')
    if (rule.table === undefined) continue
    const own = { schema: rule.schema, name: rule.table }
    const { schema, name } = byRule(own)
    const target = ruleKey({ schema, table: name })
    const without = bySchema(own)
    if (target === ruleKey({ schema: without.schema, table: without.name }))
      throw refuse('has this name without a rule')
    const other = taken.get(target)
    if (other !== undefined) throw refuse(`would have the same name as ${describeRule(other)}`)
    taken.set(target, rule)
  }
}

function checkApart(renames: readonly RenameRule[]): void {
  const taken = new Map<string, RenameRule>()
  for (const [position, rule] of renames.entries()) {
    if (rule.table !== undefined || rule.toSchema === undefined) continue
    const other = taken.get(rule.toSchema)
    if (other !== undefined) {
      const both = `${describeRule(other)} and ${describeRule(rule)}`
      throw badRule(
        'renames',
        position,
        `${both} cannot both be "${rule.toSchema}"; rename single tables instead`,
      )
    }
    taken.set(rule.toSchema, rule)
  }
}

/** Of rules in a selection. */
export type List = 'include' | 'exclude' | 'renames'

function checkList(list: List, rules: readonly SelectionRule[]): void {
  const seen = new Set<string>()
  for (const [position, rule] of rules.entries()) {
    checkName(list, position, { part: 'schema', name: rule.schema })
    if (rule.table !== undefined) checkName(list, position, { part: 'table', name: rule.table })
    const whose = ownerOf(rule.schema)
    if (whose !== null) throw badRule(list, position, `${describeRule(rule)} ${whose}`)
    if (seen.has(ruleKey(rule))) throw badRule(list, position, `${describeRule(rule)} is named twice`)
    seen.add(ruleKey(rule))
  }
}

/** Of a schema that no user's objects can be in, why; else null. */
function ownerOf(schema: string): string | null {
  if (schema.startsWith('pg_') || schema === 'information_schema') {
    return 'belongs to the server and is never moved'
  }
  return schema === 'godwit' ? 'is where Godwit keeps its own progress' : null
}

function checkRename(position: number, rule: RenameRule): void {
  const { schema, table, toSchema, toTable } = rule
  const refuse = (why: string) => badRule('renames', position, `${describeRule(rule)} ${why}`)
  if (toSchema === undefined && toTable === undefined) throw refuse('is given no other name')
  if (toSchema !== undefined) checkNewName(position, { part: 'schema', name: toSchema })
  if (toTable !== undefined) checkNewName(position, { part: 'table', name: toTable })
  if (table === undefined && toTable !== undefined) {
    throw refuse(`cannot become a table: name the table that is to be called "${toTable}"`)
  }
  if (table === undefined && toSchema === schema) throw refuse('has this name already')
}

function checkNewName(position: number, named: Named): void {
  checkName('renames', position, named)
  const { part, name } = named
  const whose = part === 'schema' ? ownerOf(name) : null
  if (whose !== null) throw badRule('renames', position, `schema "${name}" ${whose}`)
  if (Buffer.byteLength(name) <= maxNameBytes) return
  throw badRule('renames', position, `"${name}" is longer than the ${maxNameBytes} bytes of a name`)
}

interface Named {
  readonly part: 'schema' | 'table'
  readonly name: string
}

function checkName(list: List, position: number, { part, name }: Named): void {
  if (name === '') throw badRule(list, position, `the name of the ${part} is empty`)
  if (name.includes('\0')) throw badRule(list, position, `the name of the ${part} holds a NUL character`)
}

/** Names the rule as the field that is wrong. */
export function badRule(list: List, position: number, why: string): GodwitError {
  const field = `selection.${list}[${position}]`
  return new GodwitError('BAD_INPUT', `${field}: ${why}.`, { field })
}
